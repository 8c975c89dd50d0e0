package api

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// serve makes a handler of an operation: it fills In from the request, holds it
// to the rules and calls do.
//
// In is a struct. A field with the tag json is a member of the body, one with
// path or query a member of the request's target; `path:"FunctionName"`. Fields
// of embedded structs count as the struct's own. A member that the request does
// not have leaves its field as it is, so members of which the zero value means
// something are pointers, slices or maps.
func serve[In any](rules []rule, do func(a *API, ctx context.Context, c *call, in *In) (any, error)) *handler {
	run := func(ctx context.Context, a *API, c *call) (any, error) {
		in := new(In)
		v := reflect.ValueOf(in).Elem()
		seen, err := c.fill(v)
		if err != nil {
			return nil, err
		}
		if err := validate(rules, v, seen); err != nil {
			return nil, err
		}
		return do(a, ctx, c, in)
	}
	return &handler{run, rules, reflect.TypeFor[In]()}
}

// handler runs an operation.
type handler struct {
	// run returns what is sent as JSON: nil for an empty object.
	run   func(ctx context.Context, a *API, c *call) (any, error)
	rules []rule
	input reflect.Type
}

// fill reads a call's input into a struct.
func (c *call) fill(v reflect.Value) (presence, error) {
	l := layoutOf(v.Type())
	for _, f := range l.path {
		if text, ok := c.params.get(f.name); ok {
			if err := setText(v.FieldByIndex(f.index), text); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range l.query {
		for _, text := range c.query.all(f.name) {
			if err := setText(v.FieldByIndex(f.index), text); err != nil {
				return nil, err
			}
		}
	}
	if len(l.body) == 0 || len(strings.TrimSpace(string(c.Body[:min(len(c.Body), 16)]))) == 0 {
		return nil, nil
	}
	return decodeBody(c.Body, v)
}

// layout says which fields of a struct are which members.
type layout struct {
	body        map[string][]int
	path, query []located
	// byName has them all, for the rules.
	byName map[string][]int
}

type located struct {
	name  string
	index []int
}

var layouts sync.Map // reflect.Type -> *layout

func layoutOf(t reflect.Type) *layout {
	if l, ok := layouts.Load(t); ok {
		return l.(*layout)
	}
	l := &layout{body: make(map[string][]int), byName: make(map[string][]int)}
	l.collect(t, nil)
	kept, _ := layouts.LoadOrStore(t, l)
	return kept.(*layout)
}

func (l *layout) collect(t reflect.Type, prefix []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), prefix...), i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct && f.Tag.Get("json") == "" {
			l.collect(f.Type, index)
			continue
		}
		if !f.IsExported() {
			continue
		}
		if name := f.Tag.Get("path"); name != "" {
			l.path = append(l.path, located{name, index})
			l.byName[name] = index
			continue
		}
		if name := f.Tag.Get("query"); name != "" {
			l.query = append(l.query, located{name, index})
			l.byName[name] = index
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		l.body[name] = index
		l.byName[name] = index
	}
}

// setText sets a field from a piece of the path or the query. A list gets one
// more element, any other field keeps the first value.
func setText(v reflect.Value, text string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return nil
		}
		p := reflect.New(v.Type().Elem())
		if err := setText(p.Elem(), text); err != nil {
			return err
		}
		v.Set(p)
	case reflect.String:
		if v.Len() == 0 {
			v.SetString(text)
		}
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return serialization("STRING_VALUE can not be converted to an Integer")
		}
		v.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return serialization("STRING_VALUE can not be converted to a Boolean")
		}
		v.SetBool(b)
	case reflect.Slice:
		element := reflect.New(v.Type().Elem()).Elem()
		if err := setText(element, text); err != nil {
			return err
		}
		v.Set(reflect.Append(v, element))
	default:
		panic("api: a target's member is a " + v.Type().String())
	}
	return nil
}
