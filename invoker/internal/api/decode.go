package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// presence holds the members that were given though their fields do not show
// it, by the path that messages name: what is "" or 0, and structures.
type presence map[string]bool

// decodeBody reads a body, a JSON object, into a struct. Names of members are
// exact, unknown members are skipped, null is the same as absent. A value of
// the wrong type is AWS's SerializationException.
func decodeBody(body []byte, into reflect.Value) (presence, error) {
	// Only what is well formed goes on, so that decoder need not check syntax.
	if !json.Valid(body) {
		return nil, serialization("Could not parse request body into json: " + syntaxError(body))
	}
	if !utf8.Valid(body) {
		return nil, serialization("Could not parse request body into json: Invalid UTF-8")
	}
	d := decoder{text: body, seen: make(presence)}
	return d.seen, d.value(into)
}

// syntaxError says what is wrong with a body that is not JSON.
func syntaxError(body []byte) string {
	var any json.RawMessage
	if err := json.Unmarshal(body, &any); err != nil {
		return err.Error()
	}
	return "malformed"
}

// decoder reads a text that is known to be valid JSON. Its depth is that of the
// Go type, not that of the text.
type decoder struct {
	text []byte
	at   int
	// trail is where the value is that is being read.
	trail []string
	seen  presence
}

// value reads the next value into v.
func (d *decoder) value(v reflect.Value) error {
	d.space()
	if d.text[d.at] == 'n' { // null
		d.skip()
		return nil
	}
	if v.Type() == rawMessage {
		start := d.at
		d.skip()
		v.SetBytes(append([]byte(nil), d.text[start:d.at]...))
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if err := d.value(p.Elem()); err != nil {
			return err
		}
		v.Set(p)
		return nil
	case reflect.Struct:
		return d.object(v)
	case reflect.Map:
		return d.mapping(v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return d.blob(v)
		}
		return d.list(v)
	}
	return d.scalar(v)
}

var rawMessage = reflect.TypeFor[json.RawMessage]()

// object reads a structure.
func (d *decoder) object(v reflect.Value) error {
	if d.text[d.at] != '{' {
		return d.mistyped("map")
	}
	l := layoutOf(v.Type())
	return d.elements('}', func() error {
		name := d.name()
		index, known := l.body[name]
		if !known {
			d.skip()
			return nil
		}
		return d.member(lowerCamel(name), v.FieldByIndex(index))
	})
}

// member reads a value that is known as name.
func (d *decoder) member(name string, v reflect.Value) error {
	d.trail = append(d.trail, name)
	isNull := d.text[d.at] == 'n'
	err := d.value(v)
	if !isNull && (v.Kind() == reflect.Struct || v.IsZero()) {
		d.seen[strings.Join(d.trail, ".")] = true
	}
	d.trail = d.trail[:len(d.trail)-1]
	return err
}

// mapping reads a map whose keys are strings. An entry that is null has the
// zero value.
func (d *decoder) mapping(v reflect.Value) error {
	if d.text[d.at] != '{' {
		return d.mistyped("map")
	}
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	return d.elements('}', func() error {
		key := reflect.ValueOf(d.name()).Convert(t.Key())
		value := reflect.New(t.Elem()).Elem()
		if err := d.value(value); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
		return nil
	})
}

func (d *decoder) list(v reflect.Value) error {
	if d.text[d.at] != '[' {
		return d.mistyped("list")
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	return d.elements(']', func() error {
		element := reflect.New(v.Type().Elem()).Elem()
		if err := d.member(strconv.Itoa(v.Len()+1)+".member", element); err != nil {
			return err
		}
		v.Set(reflect.Append(v, element))
		return nil
	})
}

// elements steps over the brackets and commas of an object or a list and calls
// each where an element begins.
func (d *decoder) elements(closing byte, each func() error) error {
	d.at++
	for d.space(); d.text[d.at] != closing; d.space() {
		if d.text[d.at] == ',' {
			d.at++
			d.space()
		}
		if err := each(); err != nil {
			return err
		}
	}
	d.at++
	return nil
}

// scalar reads a string, a number or a boolean.
func (d *decoder) scalar(v reflect.Value) error {
	first := d.text[d.at]
	switch v.Kind() {
	case reflect.String:
		if first != '"' {
			return d.mistyped("String")
		}
		v.SetString(d.string())
		return nil
	case reflect.Bool:
		if first != 't' && first != 'f' {
			return d.mistyped("Boolean")
		}
		d.skip()
		v.SetBool(first == 't')
		return nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		if first != '-' && (first < '0' || first > '9') {
			return d.mistyped("Integer")
		}
		n, ok := integer(d.number())
		if !ok || v.OverflowInt(n) {
			return serialization("NUMBER_VALUE can not be converted to an Integer")
		}
		v.SetInt(n)
		return nil
	case reflect.Float64:
		if first != '-' && (first < '0' || first > '9') {
			return d.mistyped("Double")
		}
		f, err := strconv.ParseFloat(d.number(), 64)
		if err != nil {
			return serialization("NUMBER_VALUE can not be converted to a Double")
		}
		v.SetFloat(f)
		return nil
	}
	panic("api: a body's member is a " + v.Type().String())
}

// integer reads a number, dropping what comes after the point.
func integer(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < -1<<53 || f > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// blob reads bytes, which are sent as base64.
func (d *decoder) blob(v reflect.Value) error {
	if d.text[d.at] != '"' {
		return d.mistyped("Blob")
	}
	start := d.at
	d.skip()
	text := d.text[start+1 : d.at-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		d.at = start
		text = []byte(d.string())
	}
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(decoded, text)
	if err != nil {
		return serialization("STRING_VALUE can not be converted to a Blob")
	}
	v.SetBytes(decoded[:n])
	return nil
}

// name reads an object's key and the colon after it.
func (d *decoder) name() string {
	name := d.string()
	d.space()
	d.at++
	d.space()
	return name
}

// string reads a string.
func (d *decoder) string() string {
	start := d.at
	d.skip()
	raw := d.text[start:d.at]
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s) // valid as part of a valid text
	return s
}

func (d *decoder) number() string {
	start := d.at
	d.skip()
	return string(d.text[start:d.at])
}

func (d *decoder) space() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\t', '\r', '\n':
			d.at++
		default:
			return
		}
	}
}

// skip steps over a value, without recursion.
func (d *decoder) skip() {
	depth := 0
	for d.at < len(d.text) {
		switch c := d.text[d.at]; c {
		case '"':
			d.skipString()
		case '{', '[':
			depth++
			d.at++
			continue
		case '}', ']':
			depth--
			d.at++
		case ' ', '\t', '\r', '\n', ',', ':':
			d.at++
			continue
		default:
			d.skipWord()
		}
		if depth == 0 {
			return
		}
	}
}

func (d *decoder) skipString() {
	for d.at++; d.text[d.at] != '"'; d.at++ {
		if d.text[d.at] == '\\' {
			d.at++
		}
	}
	d.at++
}

// skipWord steps over a number, true, false or null.
func (d *decoder) skipWord() {
	for d.at < len(d.text) && !strings.ContainsRune(",:]} \t\r\n", rune(d.text[d.at])) {
		d.at++
	}
}

// mistyped is the error for a value where another type belongs.
func (d *decoder) mistyped(want string) error {
	scalar := want != "list" && want != "map"
	switch c := d.text[d.at]; {
	case c == '{' && scalar, c == '{' && want == "list":
		return serialization("Start of structure or map found where not expected.")
	case c == '[':
		return serialization("Start of list found where not expected")
	case !scalar:
		return serialization("Expected " + want + " or null")
	case c == '"':
		return serialization("STRING_VALUE can not be converted to " + article(want))
	case c == 't':
		return serialization("TRUE_VALUE can not be converted to " + article(want))
	case c == 'f':
		return serialization("FALSE_VALUE can not be converted to " + article(want))
	}
	return serialization("NUMBER_VALUE can not be converted to " + article(want))
}

func article(noun string) string {
	if noun == "Integer" {
		return "an " + noun
	}
	return "a " + noun
}
