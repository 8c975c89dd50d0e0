package guest

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestErrorsHaveTheNamesOfTheirTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		thrown        any
		kind, message string
	}{
		{"an Error says its type itself", &Error{"Orders.OutOfStock", "none left"}, "Orders.OutOfStock", "none left"},
		{"also when it is wrapped", fmt.Errorf("charge: %w", &Error{"Orders.OutOfStock", "none left"}), "Orders.OutOfStock", "charge: none left"},
		{"any other is named after its Go type", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}, "fs.PathError", "open x: file does not exist"},
		{"a panic with a text", "why", "string", "why"},
		{"a panic with anything", 42, "int", ""},
		{"one of errors.New too", errors.New("why"), "errors.errorString", "why"},
	}
	for _, tc := range tests {
		if kind, message := describe(tc.thrown); kind != tc.kind || message != tc.message {
			t.Errorf("%s: %s, %q; want %s, %q", tc.name, kind, message, tc.kind, tc.message)
		}
	}
}

// TestHandlersAreFunctions calls a typed handler as the host does, which on this
// platform is a function call.
func TestHandlersAreFunctions(t *testing.T) {
	type event struct{ Name string }
	HandleJSON(func(_ Context, e event) (map[string]string, error) {
		if e.Name == "" {
			return nil, &Error{"NoName", "who are you?"}
		}
		return map[string]string{"hello": e.Name}, nil
	})
	tests := []struct{ name, event, want, kind string }{
		{name: "an answer", event: `{"name":"Ada"}`, want: `{"hello":"Ada"}`},
		{name: "an error", event: `{}`, kind: "NoName"},
		{name: "an event of another type", event: `[]`, kind: "Runtime.MalformedEvent"},
	}
	for _, tc := range tests {
		got, err := handler(Context{}, []byte(tc.event))
		if tc.kind == "" && (err != nil || string(got) != tc.want) {
			t.Errorf("%s: %s, %v; want %s", tc.name, got, err, tc.want)
		}
		var failure *Error
		if tc.kind != "" && (!errors.As(err, &failure) || failure.Type != tc.kind) {
			t.Errorf("%s: %s, %v; want %s", tc.name, got, err, tc.kind)
		}
	}
}

func TestRandIsSeededAnewInAnInstance(t *testing.T) {
	t.Parallel()
	source.Seed([32]byte{1})
	first := source.Uint64()
	source.Seed([32]byte{1})
	for _, f := range restored {
		f()
	}
	if Rand().Uint64() == first {
		t.Error("the same number after a renewal")
	}
}
