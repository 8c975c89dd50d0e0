package api

import (
	"reflect"
	"testing"
)

func TestViolationsAreWordedAsAWSDoes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		rule       rule
		want       string
	}{
		{"a text that is too long", `{"Text":"äbcd"}`, may("Text", atMost(3)), "Value 'äbcd' at 'text' failed to satisfy constraint: Member must have length less than or equal to 3"},
		{"characters count, not bytes", `{"Text":"äöü"}`, may("Text", atMost(3)), ""},
		{"a text that is too short", `{"Text":""}`, need("Text", length(1, 3)), "Value '' at 'text' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"a missing member", `{}`, need("Text", length(1, 3)), "Value null at 'text' failed to satisfy constraint: Member must not be null"},
		{"a missing list", `{"List":null}`, need("List"), "Value null at 'list' failed to satisfy constraint: Member must not be null"},
		{"an absent member that need not be there", `{}`, may("Maybe", within(1, 9)), ""},
		{"a number that is too large", `{"Maybe":10}`, may("Maybe", within(1, 9)), "Value '10' at 'maybe' failed to satisfy constraint: Member must have value less than or equal to 9"},
		{"zero is a value", `{"Whole":0}`, may("Whole", within(1, 9)), "Value '0' at 'whole' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"a pattern holds for the whole", `{"Text":"a1!"}`, may("Text", like(patternVariable)), "Value 'a1!' at 'text' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+"},
		{"a pattern does not stop at a line's end", `{"Text":"a1\n"}`, may("Text", like(patternVariable)), "Value 'a1\n' at 'text' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+"},
		{"an enumeration", `{"Text":"x"}`, may("Text", oneOf("x86_64", "arm64")), "Value 'x' at 'text' failed to satisfy constraint: Member must satisfy enum value set: [x86_64, arm64]"},
		{"a list's size", `{"List":["x86_64","arm64"]}`, may("List", length(1, 1)), "Value '[x86_64, arm64]' at 'list' failed to satisfy constraint: Member must have length less than or equal to 1"},
		{"a list's elements", `{"List":["x"]}`, may("List[]", oneOf("x86_64", "arm64")), "Value '[x]' at 'list' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"},
		{"a map's keys", `{"Weights":{"x":1}}`, may("Weights{key}", length(1, 1024), like(patternNumber)), "Value '{x=1.0}' at 'weights' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]"},
		{"a map's values", `{"Weights":{"2":2}}`, may("Weights{value}", between(0, 1)), "Value '{2=2.0}' at 'weights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]"},
		{"a nested member", `{"Inner":{"Size":3}}`, need("Inner.Size", within(5, 9)), "Value '3' at 'inner.size' failed to satisfy constraint: Member must have value greater than or equal to 5"},
		{"a member that is missing in a structure", `{"Inner":{}}`, need("Inner.Size", within(5, 9)), "Value null at 'inner.size' failed to satisfy constraint: Member must not be null"},
		{"a member of a structure that is not there", `{}`, need("Inner.Size", within(5, 9)), ""},
		{"a member of structures in a list", `{"Deep":{"Items":[{"Name":"a"},{}]}}`, need("Deep.Items[].Name"), "Value null at 'deep.items.2.member.name' failed to satisfy constraint: Member must not be null"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var in sample
			v := reflect.ValueOf(&in).Elem()
			seen, err := decodeBody([]byte(tc.body), v)
			if err != nil {
				t.Fatal(err)
			}
			err = validate([]rule{tc.rule}, v, seen)
			switch want := "1 validation error detected: " + tc.want; {
			case tc.want == "" && err != nil:
				t.Errorf("got %v, want no error", err)
			case tc.want != "" && (err == nil || err.Error() != want):
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestAllViolationsAreInOneMessage(t *testing.T) {
	t.Parallel()
	in := sample{Text: "toolong", Maybe: pointer(0)}
	err := validate([]rule{may("Text", length(1, 3)), need("List"), may("Maybe", atLeast(1))}, reflect.ValueOf(&in).Elem(), nil)
	want := "3 validation errors detected: Value 'toolong' at 'text' failed to satisfy constraint: Member must have length less than or equal to 3; " +
		"Value null at 'list' failed to satisfy constraint: Member must not be null; " +
		"Value '0' at 'maybe' failed to satisfy constraint: Member must have value greater than or equal to 1"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestDoublesArePrintedAsJavaDoes(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{0: "0.0", 1: "1.0", 0.5: "0.5", -2.25: "-2.25", 0.001: "0.001", 0.0005: "5.0E-4", 1e7: "1.0E7", 9999999: "9999999.0", 1.5e300: "1.5E300"} {
		if got := javaDouble(f); got != want {
			t.Errorf("%v is printed %s, want %s", f, got, want)
		}
	}
}

func TestPatternsWithConditions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern *pattern
		text    string
		want    bool
	}{
		{patternAlias, "live", true}, {patternAlias, "1", false}, {patternAlias, "1a", true}, {patternAlias, "a.b", false},
		{patternBucket, "my.bucket", true}, {patternBucket, "my.bucket.", false}, {patternBucket, "my/bucket", false},
		{patternResource, "", true}, {patternResource, "arn:aws:sqs:us-east-1:000000000000:q", true}, {patternResource, "q", false},
		{patternName, "f.g", false}, {patternNamespaced, "f.g", true}, {patternName, "function:f:live", true},
		{patternShortQualifier, "$LATEST", true}, {patternQualifier, "$LATEST.PUBLISHED", true}, {patternQualifier, "a.b", false},
	}
	for _, tc := range tests {
		if got := tc.pattern.match(tc.text); got != tc.want {
			t.Errorf("%q matches %s: %v, want %v", tc.text, tc.pattern.text, got, tc.want)
		}
	}
}
