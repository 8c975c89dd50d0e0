package api

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// sample has a member of each type that inputs have.
type sample struct {
	Text    string
	Pointer *string
	Whole   int
	Maybe   *int
	Part    *float64
	Flag    bool
	Bytes   []byte
	List    []string
	Map     map[string]string
	Weights map[string]float64
	Inner   struct{ Size int }
	Deep    *struct{ Items []struct{ Name string } }
	Raw     json.RawMessage
	hidden  string //nolint:unused // must stay out of reach
}

func pointer[T any](v T) *T { return &v }

func TestDecodeBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       sample
	}{
		{name: "an empty object", body: ` {} `},
		{name: "a text with escapes", body: `{"Text":"a\"\u00e4\n\ud83d\ude00\\"}`, want: sample{Text: "a\"ä\n😀\\"}},
		{name: "unknown members are skipped, whatever they hold", body: `{"X":{"Text":["}",{"a":[]}]},"Text":"b","Y":-1.5e3,"Z":null}`, want: sample{Text: "b"}},
		{name: "names are exact", body: `{"text":"a","TEXT":"b","hidden":"c"}`},
		{name: "null is absent", body: `{"Text":null,"Maybe":null,"List":null,"Inner":null,"Flag":null}`},
		{name: "a pointer", body: `{"Pointer":"","Maybe":0}`, want: sample{Pointer: pointer(""), Maybe: pointer(0)}},
		{name: "a fraction is cut off", body: `{"Whole":3.9,"Maybe":1e2}`, want: sample{Whole: 3, Maybe: pointer(100)}},
		{name: "a double", body: `{"Part":0.25}`, want: sample{Part: pointer(0.25)}},
		{name: "a flag", body: `{"Flag":true}`, want: sample{Flag: true}},
		{name: "bytes", body: `{"Bytes":"aGk="}`, want: sample{Bytes: []byte("hi")}},
		{name: "bytes with an escaped slash", body: `{"Bytes":"\/\/8="}`, want: sample{Bytes: []byte{0xff, 0xff}}},
		{name: "empty lists and maps are there", body: `{"List":[ ],"Map":{ }}`, want: sample{List: []string{}, Map: map[string]string{}}},
		{name: "lists and maps", body: `{"List":["a" , "b"],"Map":{"k":"v" ,"l":""}}`, want: sample{List: []string{"a", "b"}, Map: map[string]string{"k": "v", "l": ""}}},
		{name: "structures", body: `{"Inner":{"Size":5}}`, want: sample{Inner: struct{ Size int }{5}}},
		{name: "anything", body: `{"Raw":{"a":[1, "]"]},"Text":"x"}`, want: sample{Raw: json.RawMessage(`{"a":[1, "]"]}`), Text: "x"}},
		{name: "the last of two counts", body: `{"Text":"a","Text":"b"}`, want: sample{Text: "b"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got sample
			if _, err := decodeBody([]byte(tc.body), reflect.ValueOf(&got).Elem()); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestDecodeBodyRefusesWrongTypes(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"a number for a text", `{"Text":1}`, "NUMBER_VALUE can not be converted to a String"},
		{"true for a text", `{"Text":true}`, "TRUE_VALUE can not be converted to a String"},
		{"false for a text", `{"Pointer":false}`, "FALSE_VALUE can not be converted to a String"},
		{"a text for a number", `{"Whole":"3"}`, "STRING_VALUE can not be converted to an Integer"},
		{"a text for a double", `{"Part":"x"}`, "STRING_VALUE can not be converted to a Double"},
		{"a number that is too large", `{"Whole":1e300}`, "NUMBER_VALUE can not be converted to an Integer"},
		{"a text for a flag", `{"Flag":"true"}`, "STRING_VALUE can not be converted to a Boolean"},
		{"an object for a text", `{"Text":{}}`, "Start of structure or map found where not expected."},
		{"a list for a text", `{"Text":[]}`, "Start of list found where not expected"},
		{"a number for bytes", `{"Bytes":1}`, "NUMBER_VALUE can not be converted to a Blob"},
		{"no base64", `{"Bytes":"?"}`, "STRING_VALUE can not be converted to a Blob"},
		{"a text for a list", `{"List":"a"}`, "Expected list or null"},
		{"an object for a list", `{"List":{}}`, "Start of structure or map found where not expected."},
		{"a number in a list of texts", `{"List":["a",1]}`, "NUMBER_VALUE can not be converted to a String"},
		{"a text for a map", `{"Map":"a"}`, "Expected map or null"},
		{"a text for a structure", `{"Inner":"a"}`, "Expected map or null"},
		{"a list for a structure", `{"Inner":[]}`, "Start of list found where not expected"},
		{"a list as the whole", `[]`, "Start of list found where not expected"},
		{"a text as the whole", `"x"`, "Expected map or null"},
		{"a text that breaks off", `{"Text":"a`, "Could not parse request body into json: "},
		{"two objects", `{}{}`, "Could not parse request body into json: "},
		{"bytes that are not UTF-8", "{\"Text\":\"\xff\"}", "Could not parse request body into json: Invalid UTF-8"},
		{"too many brackets", strings.Repeat("[", 20_000), "Could not parse request body into json: "},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got sample
			_, err := decodeBody([]byte(tc.body), reflect.ValueOf(&got).Elem())
			var e *Error
			if !errors.As(err, &e) || e.Code != codeSerialization || !strings.HasPrefix(e.Message, tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestDecodeBodyRemembersWhatFieldsDoNotShow(t *testing.T) {
	t.Parallel()
	var got sample
	seen, err := decodeBody([]byte(`{"Text":"","Whole":0,"Flag":null,"Inner":{"Size":0},"Deep":{"Items":[{"Name":"a"},{"Name":""}]}}`), reflect.ValueOf(&got).Elem())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"text", "whole", "inner", "inner.size", "deep.items.2.member.name"} {
		if !seen[path] {
			t.Errorf("%s was given: %v", path, seen)
		}
	}
	for _, path := range []string{"flag", "deep.items.1.member.name", "list"} {
		if seen[path] {
			t.Errorf("%s was not given, or its field shows it: %v", path, seen)
		}
	}
}

// FuzzDecodeBody compares with the standard library, which knows the same JSON
// but takes names in any case.
func FuzzDecodeBody(f *testing.F) {
	for _, body := range []string{
		`{"Text":"a\"b","Maybe":-1,"List":["x",null],"Map":{"k":"v"},"Inner":{"Size":2}}`, `{"Weights":{"2":0.5}}`,
		`{"Deep":{"Items":[{"Name":"n"}]},"Bytes":"aGk=","Raw":[1,{}]}`, `{"Text":1}`, `[`, `null`, `{"X":"\ud800","Part":1e9}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, want sample
		_, err := decodeBody(body, reflect.ValueOf(&got).Elem())
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Code != codeSerialization {
				t.Fatalf("got %v, want a SerializationException", err)
			}
			return
		}
		if json.Unmarshal(body, &want) != nil || strings.Contains(strings.ToLower(string(body)), "null") || !exactNames(body) {
			return
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// exactNames reports whether no member's name is spelt in another case, or
// twice.
func exactNames(body []byte) bool {
	for i := range reflect.TypeFor[sample]().NumField() {
		name := reflect.TypeFor[sample]().Field(i).Name
		if strings.Count(strings.ToLower(string(body)), strings.ToLower(name)) != strings.Count(string(body), name) || strings.Count(string(body), name) > 1 {
			return false
		}
	}
	return !strings.Contains(string(body), `\u`) && strings.Count(string(body), "Size") < 2 && strings.Count(strings.ToLower(string(body)), "size") == strings.Count(string(body), "Size") &&
		strings.Count(strings.ToLower(string(body)), "items") < 2 && strings.Count(strings.ToLower(string(body)), "name") == strings.Count(string(body), "Name")
}
