package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lambent-run/lambent/js"
)

// compiledFiles is how many compiled files of all functions are kept.
const compiledFiles = 4096

// jsEngine is package js as an Engine.
type jsEngine struct{ cache *js.Cache }

var _ Engine = jsEngine{}

func (e jsEngine) Compile(_ context.Context, pkg Package) (Program, error) {
	source := js.Source{Files: pkg.Files, Layers: pkg.Layers, Handler: pkg.Handler, Runtime: pkg.Runtime}
	return jsProgram{js.Compile(source, e.cache), pkg.Isolation == IsolationInvocation}, nil
}

type jsProgram struct {
	program *js.Program
	once    bool // its isolates serve one invocation each
}

func (p jsProgram) NewIsolate(ctx context.Context, env Environment) (Isolate, error) {
	iso, err := p.program.NewIsolate(ctx, js.Environment(env))
	if err != nil {
		return nil, fromJS(err)
	}
	return &jsIsolate{Isolate: iso, once: p.once}, nil
}

// jsIsolate is a js.Isolate as an Isolate.
type jsIsolate struct {
	*js.Isolate
	call js.Call // reused: an isolate serves one invocation at a time
	once bool    // not to be used twice
	used bool
}

// Usable reports whether the isolate may serve another invocation.
func (i *jsIsolate) Usable() bool { return !(i.once && i.used) && i.Isolate.Usable() }

var _ Isolate = (*jsIsolate)(nil)

func (i *jsIsolate) Invoke(call *Call) (Reply, error) {
	i.call = js.Call{
		RequestID:     call.RequestID,
		ARN:           call.ARN,
		Event:         call.Event,
		Deadline:      call.Deadline,
		ClientContext: call.ClientContext,
		Identity:      call.Identity,
		TraceID:       call.TraceID,
		TenantID:      call.TenantID,
	}
	if call.Stream != nil {
		i.call.Stream = call.Stream
	}
	i.used = true
	reply, err := i.Isolate.Invoke(&i.call)
	i.call = js.Call{}
	if err != nil {
		return Reply{}, fromJS(err)
	}
	return Reply{Payload: reply.Payload}, nil
}

// fromJS translates the errors of package js.
func fromJS(err error) error {
	var failure *js.HandlerError
	var exit *js.ExitError
	switch {
	case errors.As(err, &failure):
		return &FunctionError{Type: failure.Type, Message: failure.Message, Payload: failure.Payload}
	case errors.As(err, &exit):
		return &ExitError{Code: exit.Code}
	case errors.Is(err, js.ErrInterrupted):
		return ErrInterrupted
	}
	return err
}

// checkPayload returns a *PayloadError if the event is not a JSON text.
func checkPayload(text []byte) error {
	if err := js.Valid(text); err != nil {
		return &PayloadError{Detail: strings.TrimPrefix(err.Error(), "codec: ")}
	}
	if utf8.Valid(text) {
		return nil
	}
	at := 0
	for at < len(text) {
		c, size := utf8.DecodeRune(text[at:])
		if c == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return &PayloadError{Detail: fmt.Sprintf("Invalid UTF-8 start byte 0x%02x at byte %d", text[at], at)}
}
