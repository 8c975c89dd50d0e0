// Package handlers holds the functions that are measured: unmodified Lambda
// handlers for Node.js, each with its event and the exact answer it must give.
package handlers

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed *.js
var files embed.FS

// Handler is one function to measure.
type Handler struct {
	// Name is the function's name, File that of its CommonJS module, which
	// exports "handler".
	Name, File string
	// Source is the module's text.
	Source string
	// Event is the payload, Want the answer: what JSON.stringify makes of the
	// handler's result.
	Event, Want []byte
	// Waits says that the handler sleeps, so that it is of interest under many
	// connections only.
	Waits bool
}

// All returns the handlers in the order in which they are reported.
func All() []Handler {
	greeting := []byte(`{"name":"Ada"}`)
	answer := []byte(`{"statusCode":200,"body":"hello Ada"}`)
	order := newOrder()
	archive := marshal(newArchive())
	return []Handler{
		module("hello", greeting, answer),
		module("transform", marshal(order), marshal(order.priced())),
		waiting(module("async10ms", greeting, answer)),
		module("echo100KB", archive, archive),
	}
}

// Named returns the handler of that name.
func Named(name string) (Handler, error) {
	for _, h := range All() {
		if h.Name == name {
			return h, nil
		}
	}
	return Handler{}, fmt.Errorf("handlers: there is no %q", name)
}

func waiting(h Handler) Handler {
	h.Waits = true
	return h
}

func module(name string, event, want []byte) Handler {
	file := name + ".js"
	text, err := files.ReadFile(file)
	if err != nil {
		panic(err) // the files are part of this package
	}
	return Handler{Name: name, File: file, Source: string(text), Event: event, Want: want}
}

func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types are this package's own
	}
	return text
}
