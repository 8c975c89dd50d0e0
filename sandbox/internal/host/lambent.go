package host

import (
	"context"
	"fmt"
	goruntime "runtime"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/lambent-run/lambent/sandbox/internal/wasi"
)

// ModuleName is the module of the functions that only this host has.
const ModuleName = "lambent"

// call is one call of a function of the module lambent.
type call struct {
	*Guest
	name string
	mem  api.Memory
	arg  []uint64 // the arguments, and then the result
}

// bytes returns the part of the guest's memory that two arguments name. It is
// not a copy. A guest that points elsewhere traps.
func (c *call) bytes(ptr, n int) []byte {
	if c.mem != nil {
		if b, ok := c.mem.Read(uint32(c.arg[ptr]), uint32(c.arg[n])); ok {
			return b
		}
	}
	panic(&Misuse{c.name, fmt.Sprintf("%d bytes at %d are not in the memory", uint32(c.arg[n]), uint32(c.arg[ptr]))})
}

func (c *call) text(ptr, n int) string { return string(c.bytes(ptr, n)) }

// invocation returns the invocation that runs.
func (c *call) invocation() *Invocation {
	if c.Invocation == nil {
		panic(&Misuse{c.name, "there is no invocation in the init phase"})
	}
	return c.Invocation
}

// function is one function: its parameters and result spelt i for i32 and I for
// i64.
type function struct {
	name, params, results string
	run                   func(*call)
}

// functions are those of the module lambent, as sandbox/ABI.md has them.
var functions = []function{
	{"respond", "ii", "", respond},
	{"respond_stream", "ii", "", respondStream},
	{"write", "ii", "i", write},
	{"fail", "iiii", "", fail},
	{"log", "iii", "", log},
	{"remaining_ms", "", "I", func(c *call) { c.arg[0] = uint64(c.remaining()) }},
	{"context_len", "", "i", func(c *call) { c.arg[0] = uint64(len(c.invocation().contextObject())) }},
	{"context_read", "i", "", contextRead},
}

// respond answers; the last answer counts.
func respond(c *call) {
	inv, text := c.invocation(), c.bytes(0, 1)
	if inv.streaming {
		panic(&Misuse{c.name, "the response is streamed already"})
	}
	inv.Payload = nil // it may have been handed out
	inv.answer(text)
}

// respondStream begins a streamed response.
func respondStream(c *call) {
	inv, contentType := c.invocation(), c.text(0, 1)
	if inv.streaming || inv.Answered {
		panic(&Misuse{c.name, "there is a response already"})
	}
	inv.streaming, inv.Answered = true, true
	if inv.Stream != nil && contentType != "" {
		inv.Stream.SetContentType(contentType)
	}
}

// write sends a part of a streamed response and says 0, or 1 if nobody takes it
// any more.
func write(c *call) {
	inv, part := c.invocation(), c.bytes(0, 1)
	if !inv.streaming {
		panic(&Misuse{c.name, "respond_stream was not called"})
	}
	c.arg[0] = 0
	if inv.Stream == nil {
		inv.answer(part)
		return
	}
	c.waiting.Store(true)
	_, err := inv.Stream.Write(part)
	c.waiting.Store(false)
	c.Check()
	if err != nil {
		c.arg[0] = 1
	}
}

// fail makes the invocation a failure, whatever the handler returns; the first
// counts.
func fail(c *call) {
	inv, failure := c.invocation(), &Failure{Type: c.text(0, 1), Message: c.text(2, 3)}
	if inv.Failed == nil {
		inv.Failed = failure
	}
}

func log(c *call) {
	level := int32(c.arg[0])
	if level < levelTrace || level > levelFatal {
		panic(&Misuse{c.name, fmt.Sprintf("no level %d", level)})
	}
	b := c.bytes(1, 2)
	c.Log.Event(c.Invocation, int(level), string(b[:min(len(b), maxLine)]))
}

func contextRead(c *call) {
	text := c.invocation().contextObject()
	if c.mem == nil || !c.mem.Write(uint32(c.arg[0]), text) {
		panic(&Misuse{c.name, fmt.Sprintf("%d bytes at %d are not in the memory", len(text), uint32(c.arg[0]))})
	}
}

// Modules makes the host modules in a wazero runtime: lambent, WASI, and under
// the name check one with the function check, with which an instrumented module
// asks whether it may go on. The runtime owns them.
func Modules(ctx context.Context, rt wazero.Runtime, checkModule, checkName string) error {
	stopToken() // takes a moment the first time
	b := rt.NewHostModuleBuilder(ModuleName)
	for _, f := range functions {
		export(b, f)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("host: %w", err)
	}
	b = rt.NewHostModuleBuilder(wasi.ModuleName)
	wasi.Export(b, func(ctx context.Context, _ api.Module) *wasi.Process { return guestOf(ctx).process() })
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("host: %w", err)
	}
	if checkModule == "" {
		return nil
	}
	// Between two checks Go cannot take the processor away from a guest, so one
	// that computes for long gives it up by itself whenever it can.
	check := api.GoFunc(func(ctx context.Context, _ []uint64) {
		guestOf(ctx).Check()
		goruntime.Gosched()
	})
	_, err := rt.NewHostModuleBuilder(checkModule).NewFunctionBuilder().
		WithGoFunction(check, nil, nil).Export(checkName).Instantiate(ctx)
	if err != nil {
		return fmt.Errorf("host: %w", err)
	}
	return nil
}

// guestOf finds the guest of a call.
func guestOf(ctx context.Context) *Guest {
	g, ok := ctx.(*Guest)
	if !ok {
		panic(&Misuse{"host", "a guest was called without a Guest"})
	}
	return g
}

func export(b wazero.HostModuleBuilder, f function) {
	b.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
			g := guestOf(ctx)
			g.Check() // a guest that calls in a loop spends its time here
			f.run(&call{g, f.name, m.Memory(), stack})
		}), types(f.params), types(f.results)).
		WithName(f.name).Export(f.name)
}

// types reads the letters of a function.
func types(letters string) []api.ValueType {
	list := make([]api.ValueType, len(letters))
	for i, letter := range letters {
		list[i] = api.ValueTypeI32
		if letter == 'I' {
			list[i] = api.ValueTypeI64
		}
	}
	return list
}
