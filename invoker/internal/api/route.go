package api

import (
	"slices"
	"strings"
	"sync"
)

// params are the members that stood in a path, decoded.
type params []param

type param struct{ member, value string }

// get returns a member's value; ok is false if the path has no such member.
func (p params) get(member string) (value string, ok bool) {
	for _, one := range p {
		if one.member == member {
			return one.value, true
		}
	}
	return "", false
}

// node is a place in the tree of paths.
type node struct {
	fixed map[string]*node
	// any is where any segment leads that no fixed one matches.
	any *node
	// here are the operations whose path ends here, those with a query first.
	here []target
}

// target is an operation and what its path looks like from its end.
type target struct {
	op *operation
	// members are the names of the segments that are not fixed.
	members []string
	// key and value are what the query must hold; empty: anything.
	key, value string
}

// routes is the tree of all operations.
var routes = sync.OnceValue(func() *node {
	root := &node{}
	for i := range operations {
		root.add(&operations[i])
	}
	return root
})

func (n *node) add(op *operation) {
	path, query, _ := strings.Cut(op.path, "?")
	t := target{op: op}
	t.key, t.value, _ = strings.Cut(query, "=")
	for segment := range strings.SplitSeq(path[1:], "/") {
		if strings.HasPrefix(segment, "{") {
			t.members = append(t.members, strings.Trim(segment, "{}"))
			if n.any == nil {
				n.any = &node{}
			}
			n = n.any
			continue
		}
		if n.fixed == nil {
			n.fixed = make(map[string]*node)
		}
		next := n.fixed[segment]
		if next == nil {
			next = &node{}
			n.fixed[segment] = next
		}
		n = next
	}
	if t.key != "" {
		n.here = slices.Insert(n.here, 0, t)
	} else {
		n.here = append(n.here, t)
	}
}

// maxPathInMessages keeps a path from filling an answer.
const maxPathInMessages = 300

// route finds the call's operation and reads its path and query.
func (c *call) route() *Error {
	end, values, ok := find(c.Path)
	if !ok {
		return malformedTarget()
	}
	if c.query, ok = parseQuery(c.RawQuery); !ok {
		return malformedTarget()
	}
	if end == nil || end.here == nil {
		return unknownOperation(c.Method, c.Path)
	}
	var allowed []string
	for _, t := range end.here {
		if t.op.method != c.Method {
			if !slices.Contains(allowed, t.op.method) {
				allowed = append(allowed, t.op.method)
			}
			continue
		}
		if t.key != "" && c.query.first(t.key) != t.value {
			continue
		}
		c.op = t.op
		for i, member := range t.members {
			c.params = append(c.params, param{member, values[i]})
		}
		return nil
	}
	if allowed == nil {
		return unknownOperation(c.Method, c.Path)
	}
	return wrongMethod(c.Method, strings.Join(allowed, ", "))
}

// find walks the tree along a path, decoding each segment once. end is nil if
// the path leaves the tree; ok is false if its encoding is broken.
func find(path string) (end *node, values []string, ok bool) {
	n := routes()
	rest := strings.TrimPrefix(path, "/")
	rest = strings.TrimSuffix(rest, "/")
	for more := true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if segment, ok = unescape(segment, false); !ok {
			return nil, nil, false
		}
		switch next := n.fixed[segment]; {
		case next != nil:
			n = next
		case n.any != nil && segment != "":
			n = n.any
			values = append(values, segment)
		default:
			return nil, nil, true
		}
	}
	return n, values, true
}

func malformedTarget() *Error {
	return &Error{Code: codeSerialization, Message: "The request's path or query is not properly percent-encoded."}
}

func unknownOperation(method, path string) *Error {
	if len(path) > maxPathInMessages {
		path = path[:maxPathInMessages] + "..."
	}
	return &Error{
		Code: codeUnknownOperation,
		Message: "No operation of the Lambda API is at " + method + " " + strings.ToValidUTF8(path, "?") +
			". To invoke a function, POST the event to /2015-03-31/functions/NAME/invocations.",
	}
}

func wrongMethod(method, allow string) *Error {
	return &Error{
		Code: codeUnknownOperation, Allow: allow,
		Message: "The method " + method + " is not allowed here, only " + allow + ".",
	}
}
