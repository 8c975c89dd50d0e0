package instrument

import (
	"bytes"
	"context"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// A bare instance has an empty memory; once it is initialised it is what plain
// instantiation makes, or it traps as that does.
func TestABareInstanceIsInitialisedAsAnyOther(t *testing.T) {
	t.Parallel()
	at := func(offset, text string) dataSegment {
		return dataSegment{offset: assemble(offset + "; end"), bytes: []byte(text)}
	}
	one := &Memory{Limits: Limits{Min: 1}}
	tests := []struct {
		name   string
		data   []dataSegment
		code   string // of the start function
		pieces int    // data segments that are left
	}{
		{name: "with data in order", data: []dataSegment{at("i32.const 8", "one"), at("i32.const 20", "two"), at("i32.const 5000", "three")}, pieces: 1},
		{name: "with data out of order", data: []dataSegment{at("i32.const 5000", "three"), at("i32.const 20", "two"), at("i32.const 8", "one")}, pieces: 1},
		{name: "with data over data", data: []dataSegment{at("i32.const 8", "abcdef"), at("i32.const 10", "XY"), at("i32.const 0", "0123456789")}, pieces: 1},
		{name: "with data that a gap would overwrite", data: []dataSegment{at("i32.const 5", "x"), at("i32.const 0", "a"), at("i32.const 9", "b"), at("i32.const 5", "y")}, pieces: 1},
		{name: "with data up to the end of the memory", data: []dataSegment{at("i32.const 65530", "123456")}, pieces: 1},
		{name: "with data beyond the end of the memory", data: []dataSegment{at("i32.const 0", "1"), at("i32.const 65531", "123456")}, pieces: 1},
		{name: "with no data beyond the end of the memory", data: []dataSegment{at("i32.const 65537", "")}, pieces: 1},
		{name: "with data at an address that is negative", data: []dataSegment{at("i32.const -1", "1")}, pieces: 1},
		{name: "with data where a global says", data: []dataSegment{at("i32.const 0", "1"), at("global.get 0", "far"), at("i32.const 1", "2")}, pieces: 1},
		{name: "with data where a sum says", data: []dataSegment{at("i32.const 100; i32.const 11; i32.add", "sum")}, pieces: 1},
		{name: "with a start function", code: "i32.const 40; i32.const 41; i32.store"},
		{name: "with a start function that reads data", data: []dataSegment{at("i32.const 8", "data")}, code: "i32.const 40; i32.const 8; i32.load; i32.store; i32.const 77; global.set 1", pieces: 1},
		{name: "with a start function that traps", data: []dataSegment{at("i32.const 8", "data")}, code: "i32.const 0; i32.const 1; i32.store; unreachable", pieces: 1},
		{name: "with a start function that uses passive data", data: []dataSegment{at("i32.const 8", "data"), {flags: 1, bytes: []byte("passive")}}, code: "i32.const 80; i32.const 1; i32.const 3; memory.init 1; data.drop 1", pieces: 2},
		{name: "with nothing to do"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := module{
				memory: one, data: tc.data,
				exports: []Export{{Name: "memory", Extern: Extern{Kind: KindMemory}}, {Name: "global", Index: 1, Extern: Extern{Kind: KindGlobal}}},
				imports: []Import{{Module: "env", Name: "base", Extern: Extern{Kind: KindGlobal, Global: GlobalType{Type: I32}}}},
				globals: []global{
					{GlobalType: GlobalType{Type: I32}},
					{GlobalType: GlobalType{Type: I32, Mutable: true}, init: assemble("i32.const 5; end")},
				},
				importedGlobals: 1,
			}
			var functions []function
			if tc.code != "" {
				functions = []function{{code: "nop"}, {code: tc.code}}
				in.start = 1
			}
			wasm := build(in, functions...)
			want, wantErr := instance(t, wasm)
			for _, opts := range []Options{{Bare: true}, {Bare: true, Deadline: true}} {
				m := rewrite(t, wasm, opts)
				got, err := instance(t, m.Code)
				if err != nil {
					t.Fatalf("a bare instance: %v", err)
				}
				if memory, _ := got.Memory().Read(0, 1<<16); bytes.Count(memory, []byte{0}) != len(memory) {
					t.Error("the memory of a bare instance is not empty")
				}
				if (m.Init == "") != (len(tc.data) == 0 && tc.code == "") {
					t.Errorf("Init is %q", m.Init)
				}
				if m.Init != "" {
					_, err = got.ExportedFunction(m.Init).Call(context.Background())
				}
				if (err == nil) != (wantErr == nil) {
					t.Errorf("initialisation: %v; plain instantiation: %v", err, wantErr)
				}
				if err == nil {
					same(t, want, got, m)
				}
				if parsed, err := parse(m.Code); err != nil || len(parsed.data) != tc.pieces {
					t.Errorf("%d data segments are left, %v; want %d", len(parsed.data), err, tc.pieces)
				}
			}
		})
	}
}

// The specification drops data segments once they are copied at instantiation.
// So does initialisation; wazero by itself does not.
func TestDataIsGoneOnceItIsCopied(t *testing.T) {
	t.Parallel()
	wasm := build(
		module{memory: &Memory{Limits: Limits{Min: 1}}, data: []dataSegment{{offset: assemble("i32.const 8; end"), bytes: []byte("data")}}},
		function{export: "again", params: []ValType{I32}, code: "i32.const 0; i32.const 0; local.get 0; memory.init 0"},
	)
	m := rewrite(t, wasm, Options{Bare: true})
	mod := load(t, wazero.NewRuntimeConfig(), m.Code)
	ctx := context.Background()
	if _, err := mod.ExportedFunction(m.Init).Call(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := mod.ExportedFunction("again").Call(ctx, 0); err != nil {
		t.Errorf("nothing of it: %v", err)
	}
	if _, err := mod.ExportedFunction("again").Call(ctx, 1); err == nil {
		t.Error("a byte of it is copied again")
	}
}

func same(t *testing.T, want, got api.Module, m *Module) {
	t.Helper()
	a, _ := want.Memory().Read(0, 1<<16)
	b, _ := got.Memory().Read(0, 1<<16)
	if !bytes.Equal(a, b) {
		t.Error("the memories differ")
	}
	if len(m.Globals) != 1 || m.Globals[0].Type != I32 {
		t.Fatalf("globals %v, want one i32", m.Globals)
	}
	g := got.ExportedGlobal(m.Globals[0].Export)
	if a, b := want.ExportedGlobal("global").Get(), g.Get(); a != b {
		t.Errorf("the global is %d, want %d", b, a)
	}
	g.(api.MutableGlobal).Set(99)
	if v := got.ExportedGlobal("global").Get(); v != 99 {
		t.Errorf("the hidden export sets another global: %d", v)
	}
}

// instance instantiates a module that may import env.base, a global of 30000.
func instance(t *testing.T, wasm []byte) (api.Module, error) {
	t.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(Features))
	t.Cleanup(func() { _ = rt.Close(ctx) })
	if _, err := rt.NewHostModuleBuilder(CheckModule).NewFunctionBuilder().WithFunc(func() {}).Export(CheckName).Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	base := build(module{
		globals: []global{{GlobalType: GlobalType{Type: I32}, init: assemble("i32.const 30000; end")}},
		exports: []Export{{Name: "base", Extern: Extern{Kind: KindGlobal}}},
	})
	if _, err := rt.InstantiateWithConfig(ctx, base, wazero.NewModuleConfig().WithName("env")); err != nil {
		t.Fatal(err)
	}
	return rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName("guest"))
}

func TestWhatIsExposedWorksOnTables(t *testing.T) {
	t.Parallel()
	wasm := build(module{
		memory: &Memory{Limits: Limits{Min: 3}},
		tables: []table{{FuncRef, Limits{Min: 2}}, {ExternRef, Limits{Min: 1, Max: 3, HasMax: true}}},
		elems:  []elemSegment{{offset: assemble("i32.const 1; end"), funcs: []uint32{0}}},
		globals: []global{
			{GlobalType: GlobalType{Type: I32}, init: assemble("i32.const 3; end")},
			{GlobalType: GlobalType{Type: F64, Mutable: true}, init: assemble("f64.const 4; end")},
		},
	}, function{code: "nop"})
	for _, opts := range []Options{{Expose: true}, {Expose: true, Deadline: true, Bare: true}} {
		m := rewrite(t, wasm, opts)
		mod := load(t, wazero.NewRuntimeConfig(), m.Code)
		call := func(name string, args ...uint64) uint64 {
			t.Helper()
			got, err := mod.ExportedFunction(name).Call(context.Background(), args...)
			if err != nil {
				t.Fatal(err)
			}
			return append(got, 0)[0]
		}
		functions, values := m.Tables[0], m.Tables[1]
		if call(functions.Size) != 2 || call(functions.Get, 0) != 0 || call(functions.Get, 1) == 0 {
			t.Error("the table of functions does not hold what its segment says")
		}
		call(functions.Set, 0, call(functions.Get, 1))
		if call(functions.Get, 0) != call(functions.Get, 1) {
			t.Error("an entry that was set does not come back")
		}
		if call(values.Grow, 7, 2) != 1 || call(values.Size) != 3 || call(values.Get, 2) != 7 || uint32(call(values.Grow, 7, 1)) != 0xffffffff {
			t.Error("the table of values does not grow as it should")
		}
		if _, err := mod.ExportedFunction(values.Get).Call(context.Background(), 3); err == nil {
			t.Error("an entry beyond the end is there")
		}
		if size := mod.ExportedMemory(m.MemoryExport).Size(); size != 3<<16 {
			t.Errorf("the memory has %d bytes", size)
		}
		if len(m.AllGlobals) != 2 || mod.ExportedGlobal(m.AllGlobals[0]).Get() != 3 {
			t.Errorf("globals %q", m.AllGlobals)
		}
	}
}
