package instrument

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// A guest that would run for ever, or for far too long, ends when it is stopped.
// A guest that is not stopped lets the test time out.
func TestAGuestIsStopped(t *testing.T) {
	t.Parallel()
	memory := func(m module) module {
		m.memory = &Memory{Limits: Limits{Min: 4096, Max: 4096, HasMax: true}}
		return m
	}
	table := func(m module, entries ...uint32) module {
		m.tables = []table{{elem: FuncRef, limits: Limits{Min: 8}}}
		m.elems = []elemSegment{{offset: assemble("i32.const 0; end"), funcs: entries}}
		return m
	}
	run := func(code string, locals ...ValType) []function {
		return []function{{export: "run", code: "call 0; " + code, locals: locals}}
	}
	tests := []struct {
		name      string
		module    module
		functions []function
	}{
		{name: "in an empty loop", module: started(), functions: run("loop void; br 0; end")},
		{
			name: "in a loop within a loop that ends", module: started(),
			functions: run("loop void; i32.const 1; if void; loop void; end; end; br 0; end"),
		},
		{
			name: "in a loop that is left by a table of labels and entered again", module: started(),
			functions: run("loop void; block void; local.get 0; br_table 0 1 0; end; br 0; end", I32),
		},
		{
			name: "in a loop with a value on the stack and a parameter", module: started(),
			functions: []function{{export: "run", results: []ValType{I32}, code: "call 0; i32.const 1; i32.const 2; loop 2; br 0; end; i32.add"}, {params: []ValType{I32}, results: []ValType{I32}, code: "local.get 0"}},
		},
		{
			name: "in a recursion that never gets deep", module: started(),
			functions: append(run("i32.const 60; call 2"), function{
				params: []ValType{I32}, code: "local.get 0; if void; local.get 0; i32.const 1; i32.sub; call 2; local.get 0; i32.const 1; i32.sub; call 2; end",
			}),
		},
		{
			name: "in functions that call each other through a table", module: table(started(), 2, 3),
			functions: append(run("i32.const 60; i32.const 1; call_indirect 2 0"),
				function{params: []ValType{I32}, code: indirectTwice(1)},
				function{params: []ValType{I32}, code: indirectTwice(0)}),
		},
		{
			name: "in tail calls, which take no stack", module: started(),
			functions: append(run("call 2"), function{code: "return_call 3"}, function{code: "return_call 2"}),
		},
		{
			name: "in indirect tail calls", module: table(started(), 2),
			functions: append(run("call 2"), function{code: "i32.const 0; return_call_indirect 0 0"}),
		},
		{
			name: "in chains of calls that double at every step, without loop or recursion", module: started(),
			functions: append(run("call 2"), doubling(60)...),
		},
		{
			name: "in memory.fill again and again", module: memory(started()),
			functions: run("loop void; i32.const 0; i32.const 7; i32.const 0x10000000; memory.fill; br 0; end"),
		},
		{
			name: "in memory.copy again and again", module: memory(started()),
			functions: run("loop void; i32.const 1; i32.const 0; i32.const 0xfffffff; memory.copy; br 0; end"),
		},
		{
			name: "in a loop in unreachable blocks' company", module: started(),
			functions: run("block void; br 0; loop void; br 0; end; end; loop void; br 0; end"),
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := rewrite(t, build(tc.module, tc.functions...), Options{Deadline: true})
			err := stopped(t, m, func(mod api.Module) error {
				_, err := mod.ExportedFunction("run").Call(context.Background())
				return err
			})
			if !errors.Is(err, errStopped) {
				t.Errorf("run ended with %v, want to be stopped", err)
			}
		})
	}
}

func indirectTwice(entry int) string {
	call := "local.get 0; i32.const 1; i32.sub; i32.const " + string(rune('0'+entry)) + "; call_indirect 2 0; "
	return "local.get 0; if void; " + call + call + "end"
}

// doubling returns n functions, from index 2, each of which calls the next twice.
func doubling(n int) []function {
	var fs []function
	for i := range n {
		next := strconv.Itoa(i + 3)
		fs = append(fs, function{code: "call " + next + "; call " + next})
	}
	return append(fs, function{code: "nop"})
}

func TestAStartFunctionIsStopped(t *testing.T) {
	t.Parallel()
	in := started()
	in.start = 1
	m := rewrite(t, build(in, function{code: "call 0; loop void; br 0; end"}), Options{Deadline: true})
	if !m.HasStart {
		t.Error("HasStart is false")
	}
	err := stopped(t, m, func(mod api.Module) error {
		_, err := mod.ExportedFunction(m.Init).Call(context.Background())
		return err
	})
	if !errors.Is(err, errStopped) {
		t.Errorf("initialisation ended with %v, want to be stopped", err)
	}
}

// errStopped is what the host panics with to stop a guest.
var errStopped = errors.New("stopped")

// stopped calls into a module, stops it when it has called env.started, and
// returns what came of the call.
func stopped(t *testing.T, m *Module, call func(api.Module) error) error {
	t.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(Features))
	defer func() { _ = rt.Close(ctx) }()
	begun, checks := false, 0
	_, err := rt.NewHostModuleBuilder("env").NewFunctionBuilder().WithFunc(func() { begun = true }).Export("started").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.NewHostModuleBuilder(CheckModule).NewFunctionBuilder().WithFunc(func() {
		if checks++; begun && checks > 100 {
			panic(errStopped)
		}
	}).Export(CheckName).Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := rt.Instantiate(ctx, m.Code)
	if err != nil {
		t.Fatal(err)
	}
	return call(mod)
}

func rewrite(tb testing.TB, wasm []byte, opts Options) *Module {
	tb.Helper()
	m, err := Rewrite(wasm, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// Go stops all goroutines to collect garbage. One that runs a guest must not
// keep it waiting: this guest is stopped only after a collection.
func TestCollectionOfGarbageDoesNotWaitForAGuest(t *testing.T) {
	t.Parallel()
	m := rewrite(t, build(module{}, function{export: "run", code: "loop void; br 0; end"}), Options{Deadline: true})
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(Features))
	defer func() { _ = rt.Close(ctx) }()
	var stop atomic.Bool
	begun := make(chan struct{})
	checks := 0
	_, err := rt.NewHostModuleBuilder(CheckModule).NewFunctionBuilder().WithFunc(func() {
		if checks++; checks == 10 {
			close(begun)
		}
		if stop.Load() {
			panic(errStopped)
		}
	}).Export(CheckName).Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := rt.Instantiate(ctx, m.Code)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-begun
		runtime.GC()
		stop.Store(true)
	}()
	if _, err := mod.ExportedFunction("run").Call(ctx); !errors.Is(err, errStopped) {
		t.Errorf("run ended with %v, want to be stopped", err)
	}
}
