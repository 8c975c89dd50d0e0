package whatwg

import "strings"

// Set returns the URL with one member changed, as assigning to the member of a
// URL object does: a value that does not fit changes nothing. member is one of
// protocol, username, password, host, hostname, port, pathname, search, hash.
func (u *URL) Set(member, value string) *URL {
	n := u.clone()
	var err error
	switch member {
	case "protocol":
		err = run(value+":", nil, n, schemeStart)
	case "username":
		if !n.cannotHaveCredentials() {
			n.Username = encode(value, userinfoSet)
		}
	case "password":
		if !n.cannotHaveCredentials() {
			n.Password = encode(value, userinfoSet)
		}
	case "host", "hostname":
		if n.Opaque {
			return u
		}
		s := host
		if member == "hostname" {
			s = hostname
		}
		err = run(value, nil, n, s)
	case "port":
		switch {
		case n.cannotHaveCredentials():
		case value == "":
			n.Port = -1
		default:
			err = run(value, nil, n, port)
		}
	case "pathname":
		if n.Opaque {
			return u
		}
		n.Path = nil
		err = run(value, nil, n, pathStart)
	case "search":
		n.Query = setPart(n, strings.TrimPrefix(value, "?"), value == "", query)
	case "hash":
		n.Fragment = setPart(n, strings.TrimPrefix(value, "#"), value == "", fragment)
	}
	if err != nil {
		return u
	}
	return n
}

// setPart parses a query or a fragment.
func setPart(n *URL, value string, clear bool, s state) *string {
	if clear {
		return nil
	}
	empty := ""
	n.Query, n.Fragment = choose(s == query, &empty, n.Query), choose(s == fragment, &empty, n.Fragment)
	if run(value, nil, n, s) != nil {
		return &empty
	}
	if s == query {
		return n.Query
	}
	return n.Fragment
}

func choose(cond bool, a, b *string) *string {
	if cond {
		return a
	}
	return b
}
