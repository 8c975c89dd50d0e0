package api

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestTableHasEachOperationOnce(t *testing.T) {
	t.Parallel()
	if len(operations) != 85 {
		t.Errorf("the table has %d operations, want 85", len(operations))
	}
	names, calls := map[string]bool{}, map[string]bool{}
	for _, op := range operations {
		if names[op.name] {
			t.Errorf("%s is there twice", op.name)
		}
		if calls[op.method+op.path] {
			t.Errorf("%s: %s %s is there twice", op.name, op.method, op.path)
		}
		names[op.name], calls[op.method+op.path] = true, true
		if (op.handler == nil) != (op.why != served) {
			t.Errorf("%s has a handler or a reason why not, not both, not neither", op.name)
		}
	}
}

func TestOperationsAndTheirInputsHaveTheSameMembersInThePath(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		if op.handler == nil {
			continue
		}
		var inPath, inInput []string
		for segment := range strings.SplitSeq(op.path, "/") {
			if strings.HasPrefix(segment, "{") {
				inPath = append(inPath, strings.Trim(segment, "{}"))
			}
		}
		for _, f := range layoutOf(op.handler.input).path {
			inInput = append(inInput, f.name)
		}
		slices.Sort(inPath)
		slices.Sort(inInput)
		if !slices.Equal(inPath, inInput) {
			t.Errorf("%s: the path has %v, the input %v", op.name, inPath, inInput)
		}
	}
}

func TestRulesNameMembersThatTheirInputsHave(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		if op.handler == nil {
			continue
		}
		for _, r := range op.handler.rules {
			at := op.handler.input
			for i, s := range r.steps {
				index, ok := layoutOf(at).byName[s.name]
				if !ok {
					t.Errorf("%s: the rule for %v: no member %s", op.name, r.steps, s.name)
					break
				}
				at = at.FieldByIndex(index).Type
				if at.Kind() == reflect.Pointer {
					at = at.Elem()
				}
				if s.of == elements && at.Kind() != reflect.Slice || (s.of == keys || s.of == values) && at.Kind() != reflect.Map {
					t.Errorf("%s: the rule for %v: %s is a %s", op.name, r.steps, s.name, at)
				}
				switch s.of {
				case keys:
					at = at.Key()
				case elements, values:
					at = at.Elem()
				}
				if i < len(r.steps)-1 && at.Kind() != reflect.Struct {
					t.Errorf("%s: the rule for %v: %s has no members", op.name, r.steps, s.name)
					break
				}
			}
			tryConstraints(t, op.name, &r, at)
		}
	}
}

// tryConstraints fails if a constraint does not suit the type of its member.
func tryConstraints(t *testing.T, operation string, r *rule, of reflect.Type) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: the rule for %v does not suit a %s: %v", operation, r.steps, of, p)
		}
	}()
	for _, c := range r.must {
		c.ok(reflect.New(of).Elem())
	}
}
