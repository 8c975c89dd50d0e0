package runtime

import (
	"context"
	"errors"
	"io/fs"
	goruntime "runtime"

	"github.com/lambent-run/lambent/sandbox"
)

// Runtime identifiers of WebAssembly functions: those of programs that bring
// their own runtime along.
var wasmRuntimes = []string{"provided.al2023", "provided.al2"}

// wasmEngine is package sandbox as an Engine.
type wasmEngine struct{ engine *sandbox.Engine }

var _ Engine = wasmEngine{}

func (e wasmEngine) Compile(ctx context.Context, pkg Package) (Program, error) {
	program, err := e.engine.Compile(ctx, sandbox.Source{
		Files: pkg.Files, Layers: pkg.Layers, Handler: pkg.Handler, Reset: pkg.Isolation == IsolationInvocation,
	})
	if err != nil {
		return nil, err
	}
	p := &wasmProgram{program}
	// Nobody knows when the last invocation that may still want an isolate of a
	// replaced version is over. What a Program keeps is few and not urgent: the
	// image and the instances that no isolate has.
	goruntime.AddCleanup(p, func(program *sandbox.Program) { _ = program.Close() }, program)
	return p, nil
}

// Close frees the compiled modules that no function has.
func (e wasmEngine) Close() error { return e.engine.Close() }

// wasmProgram is a sandbox.Program as a Program. Its isolates refer to it, so
// that it outlives them.
type wasmProgram struct{ program *sandbox.Program }

func (p *wasmProgram) NewIsolate(ctx context.Context, env Environment) (Isolate, error) {
	iso, err := p.program.NewIsolate(ctx, sandbox.Environment{
		FunctionName: env.FunctionName, FunctionVersion: env.FunctionVersion, LogGroup: env.LogGroup, LogStream: env.LogStream,
		MemorySize: env.MemorySize, Vars: env.Vars, Tmp: wasmScratch(env.Tmp), Log: env.Log, LogJSON: env.LogJSON, LogLevel: env.LogLevel,
	})
	if err != nil {
		return nil, fromSandbox(err)
	}
	return &wasmIsolate{Isolate: iso, of: p}, nil
}

// tmp is an environment's /tmp as package sandbox wants it.
type tmp struct{ Scratch }

func (s tmp) Open(name string, flag int, perm fs.FileMode) (sandbox.ScratchFile, error) {
	return s.Scratch.Open(name, flag, perm)
}

// wasmScratch keeps the absence of a /tmp an absence.
func wasmScratch(from Scratch) sandbox.Scratch {
	if from == nil {
		return nil
	}
	return tmp{from}
}

// wasmIsolate is a sandbox.Isolate as an Isolate.
type wasmIsolate struct {
	*sandbox.Isolate
	of   *wasmProgram // keeps it from being closed
	call sandbox.Call // reused: an isolate serves one invocation at a time
}

var (
	_ Isolate = (*wasmIsolate)(nil)
	_ waiter  = (*wasmIsolate)(nil)
)

func (i *wasmIsolate) Invoke(call *Call) (Reply, error) {
	i.call = sandbox.Call{
		RequestID: call.RequestID, ARN: call.ARN, Event: call.Event, Deadline: call.Deadline,
		ClientContext: call.ClientContext, Identity: call.Identity, TraceID: call.TraceID, TenantID: call.TenantID,
	}
	if call.Stream != nil {
		i.call.Stream = call.Stream
	}
	reply, err := i.Isolate.Invoke(&i.call)
	i.call = sandbox.Call{}
	if err != nil {
		return Reply{MaxMemory: reply.MaxMemory}, fromSandbox(err)
	}
	return Reply(reply), nil
}

// fromSandbox translates the errors of package sandbox.
func fromSandbox(err error) error {
	var failure *sandbox.HandlerError
	var exit *sandbox.ExitError
	switch {
	case errors.As(err, &failure):
		return &FunctionError{Type: failure.Type, Message: failure.Message, Payload: failure.Payload}
	case errors.As(err, &exit):
		return &ExitError{Code: exit.Code}
	case errors.Is(err, sandbox.ErrInterrupted):
		return ErrInterrupted
	}
	return err
}
