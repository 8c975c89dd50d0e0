package instrument

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// everything is a module with one of each that the format has.
func everything() []byte {
	m := module{
		types: []FuncType{{Params: []ValType{I32}, Results: []ValType{I32, I64}}, {}},
		imports: []Import{
			{Module: "env", Name: "f", Extern: Extern{Kind: KindFunc}},
			{Module: "env", Name: "t", Extern: Extern{Kind: KindTable, Table: ExternRef, Limits: Limits{Min: 1, Max: 4, HasMax: true}}},
			{Module: "env", Name: "g", Extern: Extern{Kind: KindGlobal, Global: GlobalType{Type: I32}}},
		},
		funcs:         []uint32{0},
		importedFuncs: 1,
		tables: []table{
			{elem: ExternRef, limits: Limits{Min: 1, Max: 4, HasMax: true}},
			{elem: FuncRef, limits: Limits{Min: 8}},
		},
		importedTables: 1,
		memory:         &Memory{Limits: Limits{Min: 1, Max: 2, HasMax: true}},
		globals: []global{
			{GlobalType: GlobalType{Type: I32}},
			{GlobalType: GlobalType{Type: I64, Mutable: true}, init: assemble("i64.const -5; end")},
			{GlobalType: GlobalType{Type: FuncRef, Mutable: true}, init: assemble("ref.func 1; end")},
			{GlobalType: GlobalType{Type: V128, Mutable: true}, init: assemble("v128.const 1; end")},
		},
		importedGlobals: 1,
		exports: []Export{
			{Name: "memory", Extern: Extern{Kind: KindMemory}},
			{Name: "table", Index: 1, Extern: Extern{Kind: KindTable}},
			{Name: "global", Index: 1, Extern: Extern{Kind: KindGlobal}},
		},
		start: 1,
		elems: []elemSegment{
			{flags: 1, funcs: []uint32{0, 1}},
			{flags: 2, table: 1, offset: assemble("i32.const 1; end"), funcs: []uint32{1}},
			{flags: 3, funcs: []uint32{1}},
			{flags: 5, kind: byte(ExternRef), exprs: [][]byte{assemble("ref.null externref; end")}},
			{flags: 6, table: 1, offset: assemble("global.get 0; end"), kind: byte(FuncRef), exprs: [][]byte{assemble("ref.func 1; end")}},
		},
		data: []dataSegment{
			{offset: assemble("i32.const 8; end"), bytes: []byte("active")},
			{flags: 1, bytes: []byte("passive")},
			{flags: 2, offset: assemble("global.get 0; end"), bytes: []byte("with a memory")},
		},
		customs: []customSection{
			{Custom: Custom{Name: "first", Data: []byte{1, 2, 3}}},
			{Custom: Custom{Name: "last", Data: []byte{4}}, after: secData},
		},
	}
	return build(
		m,
		function{code: "nop; block void; br 0; end"},
		function{
			export: "run", params: []ValType{I32, F64}, results: []ValType{I64}, locals: []ValType{V128, FuncRef},
			code: `block void; loop void; local.get 0; br_table 0 1 0; end; end
				local.get 0; if i32; i32.const 1; else; i32.const 2; end; local.set 0
				i32.const 0; i32.const 1; i32.const 2; select_type i32; drop; i32.const 0; call_indirect 1 1
				v128.const 3; v128.const 4; i8x16.shuffle 0; i8x16.extract_lane_u 15; drop
				i32.const 0; v128.load 4 8; drop; i32.const 0; v128.const 0; v128.load8_lane 0 3 7; drop
				v128.const 0; v128.const 1; i16x8.add; f64x2.convert_low_i32x4_u; drop
				f32.const 3; drop; f64.const 4; i32.trunc_sat_f64_s; drop
				i32.const 0; i32.const 1; i32.const 2; memory.init 1; data.drop 1; i32.const 0; i32.const 0; i32.const 9; memory.copy
				i32.const 0; i32.const 1; i32.const 2; memory.fill; i32.const 0; memory.grow; drop
				i32.const 0; i32.const 0; i32.const 0; table.init 0 1; elem.drop 0; i32.const 0; i32.const 0; i32.const 0; table.copy 1 1
				ref.null funcref; i32.const 0; table.grow 1; drop; table.size 1; drop; i32.const 0; ref.func 1; i32.const 1; table.fill 1
				i32.const 0; table.get 1; ref.is_null; drop; i32.const 0; ref.func 1; table.set 1
				global.get 1; i64.const 0x7fffffffffffffff; i64.add; return`,
		},
	)
}

func TestAModuleIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	modules := map[string][]byte{"a module with everything": everything(), "an empty module": build(module{})}
	for _, name := range kernelNames {
		modules["the kernel "+name] = kernel(t, name)
	}
	for name, wasm := range modules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := rewrite(t, wasm, Options{}).Code; !bytes.Equal(got, wasm) {
				t.Errorf("%d bytes came back as %d others:\n%x\n%x", len(wasm), len(got), wasm, got)
			}
		})
	}
}

// compiles says whether wazero takes a module.
func compiles(tb testing.TB, wasm []byte) error {
	tb.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(Features))
	defer func() { _ = rt.Close(ctx) }()
	_, err := rt.CompileModule(ctx, wasm)
	return err
}

// allOptions are the ways in which modules are rewritten.
var allOptions = []Options{
	{},
	{Deadline: true},
	{Bare: true},
	{Expose: true},
	{Deadline: true, Bare: true, Expose: true, OpenMax: true, MaxEntries: 1 << 20},
	{Deadline: true, Bare: true, MaxPages: 100},
}

func TestWhatIsRewrittenCompiles(t *testing.T) {
	t.Parallel()
	for _, opts := range allOptions {
		if err := compiles(t, rewrite(t, everything(), opts).Code); err != nil {
			t.Errorf("%+v: %v", opts, err)
		}
	}
}

func TestAModuleIsDescribedAsItsAuthorWroteIt(t *testing.T) {
	t.Parallel()
	for _, opts := range allOptions {
		m := rewrite(t, everything(), opts)
		var imports, exports []string
		for _, i := range m.Imports {
			imports = append(imports, i.Module+"."+i.Name+" "+i.Kind.String())
		}
		for _, e := range m.Exports {
			exports = append(exports, e.Name+" "+e.Kind.String())
		}
		if want := []string{"env.f function", "env.t table", "env.g global"}; !slices.Equal(imports, want) {
			t.Errorf("imports %q, want %q", imports, want)
		}
		if want := []string{"memory memory", "table table", "global global", "run function"}; !slices.Equal(exports, want) {
			t.Errorf("exports %q, want %q", exports, want)
		}
		if run := m.Exports[3].Func; !slices.Equal(run.Params, []ValType{I32, F64}) || !slices.Equal(run.Results, []ValType{I64}) {
			t.Errorf("run has type %v", run)
		}
		if want := (Memory{Limits: Limits{Min: 1, Max: 2, HasMax: true}}); *m.Memory != want {
			t.Errorf("memory %+v, want %+v", *m.Memory, want)
		}
		if !m.HasStart || !m.TablesChange || len(m.Customs) != 2 || m.Customs[0].Name != "first" {
			t.Errorf("start %v, tables change %v, customs %v", m.HasStart, m.TablesChange, m.Customs)
		}
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	whole := func(section ...byte) []byte { return append([]byte("\x00asm\x01\x00\x00\x00"), section...) }
	body := func(code string) []byte {
		return build(module{memory: &Memory{}}, function{code: code})
	}
	tests := []struct {
		name string
		wasm []byte
		want string
	}{
		{"nothing", nil, "not a WebAssembly module"},
		{"a script", []byte("console.log(1)"), "not a WebAssembly module"},
		{"half a header", []byte("\x00asm\x01"), "ends too early"},
		{"a component", []byte("\x00asm\x0d\x00\x01\x00"), "component"},
		{"another version", []byte("\x00asm\x02\x00\x00\x00"), "version 2"},
		{"a section that is cut off", whole(secType, 9, 1), "longer than the module at offset 0x8"},
		{"an unknown section", whole(99, 0), "unknown section 99"},
		{"sections out of order", whole(secFunction, 1, 0, secType, 1, 0), "section 1 is out of order"},
		{"a section twice", whole(secType, 1, 0, secType, 1, 0), "section 1 is out of order"},
		{"a section with too much in it", whole(secType, 2, 0, 0), "1 bytes too many"},
		{"a lie about a length", whole(secImport, 5, 0xff, 0xff, 0xff, 0xff, 0x0f), "imports, of which at most"},
		{"a number without end", whole(secType, 5, 0x80, 0x80, 0x80, 0x80, 0x80), "more than 32 bits"},
		{"an unknown type", whole(secType, 4, 1, 0x5f, 0, 0), "type form 0x5f"},
		{"a value of an unknown type", whole(secType, 5, 1, 0x60, 1, 0x6e, 0), "unknown value type 0x6e"},
		{"a function of a type that does not exist", whole(secFunction, 2, 1, 3), "type 3, of which there are 0"},
		{"functions without code", whole(secType, 4, 1, 0x60, 0, 0, secFunction, 2, 1, 0), "1 functions but code of 0"},
		{"a shared memory", whole(secMemory, 4, 1, 3, 1, 1), "shared memory"},
		{"two memories", whole(secMemory, 5, 2, 0, 1, 0, 1), "2 memories"},
		{"a memory of more than 4 GiB", whole(secMemory, 5, 1, 0, 0x81, 0x80, 0x04), "more than 65536 pages"},
		{"a table of numbers", whole(secTable, 4, 1, 0x7f, 0, 1), "a table of i32"},
		{"a name that is not text", whole(secCustom, 2, 1, 0xff), "not UTF-8"},
		{"an export of what does not exist", whole(secExport, 5, 1, 1, 'x', 0, 0), "there are 0"},
		{"data without a memory", whole(secData, 6, 1, 0, 0x41, 0, 0x0b, 0), "without a memory"},
		{"an unknown instruction", body("nop; " + "drop"), ""},
		{"a global that is not there", body("global.get 0; drop"), "global 0, of which there are 0, in function 0"},
		{"a function that is not there", body("call 1"), "function 1, of which there are 1,"},
		{"a local that is not there", body("local.get 0; drop"), "local 0"},
		{"a label that is not there", body("block void; br 2; end"), "label 2, of which there are 2,"},
		{"a table that is not there", body("table.size 0; drop"), "table 0"},
		{"a type that is not there", body("block 5; end"), "type 5"},
		{"a data segment that is not there", body("data.drop 0"), "data segment 0"},
		{"an element segment that is not there", body("elem.drop 0"), "element segment 0"},
		{"code after the end", body("end"), "code after the end"},
		{"code without an end", bytes.Replace(body("nop"), []byte{0x01, 0x0b}, []byte{0x01, 0x01}, 1), "ends too early"},
		{"an instruction for threads", bytes.Replace(body("nop; nop; nop"), []byte{1, 1, 1}, []byte{0xfe, 0x03, 0x00}, 1), "unknown instruction 0xfe in function 0"},
		{"an instruction for exceptions", bytes.Replace(body("nop; nop"), []byte{1, 1}, []byte{0x08, 0x00}, 1), "unknown instruction 0x8 in function 0"},
		{"a vector instruction that does not exist", bytes.Replace(body("nop; nop; nop"), []byte{1, 1, 1}, []byte{0xfd, 0x9a, 0x01}, 1), "unknown instruction 0xfd 0x9a in function 0"},
		{"a function of more blocks than compile in time", body(strings.Repeat("block void; end;", 20_001)), "code of 20001 blocks, where 20000 are allowed, in function 0"},
		{"a function of many blocks with many locals", build(module{}, function{locals: make32(2_000), code: strings.Repeat("block void; end;", 6_000)}), "code of 6000 blocks with 2000 locals"},
		{"functions of more blocks than compile in time", build(module{}, slices.Repeat([]function{{code: strings.Repeat("block void; end;", 20_000)}}, 6)...), "more blocks than are allowed, up to the code in function 5"},
		{"an import of what is reserved", build(module{types: []FuncType{{}}, imports: []Import{{Module: CheckModule, Name: CheckName}}, funcs: []uint32{0}, importedFuncs: 1}), "reserved"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := Rewrite(tc.wasm, Options{Deadline: true})
			var refusal *Error
			switch {
			case tc.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tc.want != "" && (!errors.As(err, &refusal) || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}

func make32(n int) []ValType { return slices.Repeat([]ValType{I32}, n) }

func TestAModuleThatIsCutOffWithinASectionIsRefused(t *testing.T) {
	t.Parallel()
	wasm := everything()
	whole := map[int]bool{8: true}
	for r := (&reader{data: wasm, pos: 8, end: len(wasm)}); r.left() > 0; {
		r.byte()
		r.take(int(r.u32()))
		whole[r.pos] = true
	}
	for n := range wasm {
		if _, err := Rewrite(wasm[:n], Options{Deadline: true, Bare: true}); err == nil && !whole[n] {
			t.Errorf("the first %d of %d bytes are taken", n, len(wasm))
		}
	}
}

func TestMemoryAndTablesAreCapped(t *testing.T) {
	t.Parallel()
	wasm := func(memory, first, second Limits) []byte {
		return build(module{
			memory: &Memory{Limits: memory},
			tables: []table{{FuncRef, first}, {ExternRef, second}},
		}, function{export: "grow", params: []ValType{I32}, results: []ValType{I32, I32}, code: "local.get 0; memory.grow; ref.null funcref; local.get 0; table.grow 0"})
	}
	tests := []struct {
		name                  string
		memory, first, second Limits
		by                    uint64
		grown                 bool
		refused               string
	}{
		{name: "up to the cap", memory: Limits{Min: 1}, first: Limits{Min: 2}, second: Limits{Min: 2}, by: 3, grown: true},
		{name: "beyond the cap", memory: Limits{Min: 1}, first: Limits{Min: 2}, second: Limits{Min: 2}, by: 4},
		{name: "up to the author's maximum", memory: Limits{Min: 1, Max: 2, HasMax: true}, first: Limits{Max: 1, HasMax: true}, by: 1, grown: true},
		{name: "beyond the author's maximum", memory: Limits{Min: 1, Max: 2, HasMax: true}, first: Limits{Max: 1, HasMax: true}, by: 2},
		{name: "with a memory that is too large", memory: Limits{Min: 5}, refused: "a memory of 5 pages, where 4 are allowed"},
		{name: "with tables that are too large", first: Limits{Min: 6}, second: Limits{Min: 5}, refused: "tables of 11 entries, where 10 are allowed"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m, err := Rewrite(wasm(tc.memory, tc.first, tc.second), Options{MaxPages: 4, MaxEntries: 10})
			if tc.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refused) {
					t.Fatalf("error %v, want %q", err, tc.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := load(t, wazero.NewRuntimeConfig(), m.Code).ExportedFunction("grow").Call(context.Background(), tc.by)
			if err != nil {
				t.Fatal(err)
			}
			for i, what := range []string{"the memory", "the table"} {
				if grown := int32(got[i]) >= 0; grown != tc.grown {
					t.Errorf("%s grew by %d: %v, want %v", what, tc.by, grown, tc.grown)
				}
			}
		})
	}
}

func TestAMemoryWithoutMaximumGrowsWhateverItsAuthorSaid(t *testing.T) {
	t.Parallel()
	wasm := build(module{memory: &Memory{Limits: Limits{Min: 1, Max: 2, HasMax: true}}},
		function{export: "grow", results: []ValType{I32}, code: "i32.const 9; memory.grow"})
	m := rewrite(t, wasm, Options{OpenMax: true})
	got, err := load(t, wazero.NewRuntimeConfig(), m.Code).ExportedFunction("grow").Call(context.Background())
	if err != nil || got[0] != 1 {
		t.Errorf("grow = %v, %v; want 1", got, err)
	}
	if m.Memory.Max != 2 {
		t.Errorf("the author's maximum is given as %d", m.Memory.Max)
	}
}

func TestFunctionsKeepTheirNamesInTraces(t *testing.T) {
	t.Parallel()
	var names, sub writer
	sub.u32(2)
	sub.u32(1)
	sub.name("outer")
	sub.u32(2)
	sub.name("inner")
	names.byte(namesFuncs)
	names.bytes(sub.buf)
	in := started()
	in.customs = []customSection{{Custom: Custom{Name: "name", Data: names.buf}, after: secCode}, {Custom: Custom{Name: ".debug_info"}, after: secCode}}
	wasm := build(in, function{export: "run", code: "call 2"}, function{code: "call 0; loop void; br 0; end"})
	m := rewrite(t, wasm, Options{Deadline: true})
	err := stopped(t, m, func(mod api.Module) error {
		_, err := mod.ExportedFunction("run").Call(context.Background())
		return err
	})
	for _, name := range []string{".outer(", ".inner(", ".lambent.settle("} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("the trace does not name %s:\n%v", name, err)
		}
	}
	if bytes.Contains(m.Code, []byte(".debug_info")) {
		t.Error("debug information that no longer holds is kept")
	}
}

func TestAHiddenNameIsNoneOfTheAuthors(t *testing.T) {
	t.Parallel()
	wasm := build(module{memory: &Memory{}, data: []dataSegment{{offset: assemble("i32.const 0; end")}}},
		function{export: "lambent\x00init"}, function{export: "lambent\x00\x00init"})
	m := rewrite(t, wasm, Options{Bare: true})
	if err := compiles(t, m.Code); err != nil {
		t.Fatal(err)
	}
	if m.Init != "lambent\x00\x00\x00init" {
		t.Errorf("the hidden name is %q", m.Init)
	}
}

func TestWhyThereIsNoSnapshot(t *testing.T) {
	t.Parallel()
	memory := &Memory{Limits: Limits{Min: 1}}
	mutable := func(t ValType, init string) []global {
		return []global{{GlobalType: GlobalType{Type: t, Mutable: true}, init: assemble(init)}}
	}
	active := []dataSegment{{offset: assemble("i32.const 0; end"), bytes: []byte("x")}}
	tests := []struct {
		name   string
		module module
		code   string
		want   string
	}{
		{name: "a memory, numbers and a table that stays", module: module{memory: memory, globals: mutable(I64, "i64.const 1; end"), tables: []table{{FuncRef, Limits{Min: 1}}}, data: active}},
		{name: "a table that changes", module: module{tables: []table{{FuncRef, Limits{Min: 1}}}}, code: "i32.const 0; ref.null funcref; table.set 0", want: "a table can change"},
		{name: "segments that are dropped", module: module{memory: memory, data: active}, code: "data.drop 0", want: "data segments can be dropped"},
		{name: "a segment that is used after initialisation", module: module{memory: memory, data: active}, code: "i32.const 0; i32.const 0; i32.const 1; memory.init 0", want: "a data segment that initialisation drops is used again"},
		{name: "a global that holds a reference", module: module{globals: mutable(FuncRef, "ref.null funcref; end")}, want: "a mutable global is of type funcref"},
		{name: "a global that holds a vector", module: module{globals: mutable(V128, "v128.const 0; end")}, want: "a mutable global is of type v128"},
		{name: "a memory of somebody else", module: module{imports: []Import{{Module: "env", Name: "m", Extern: Extern{Kind: KindMemory}}}, memory: &Memory{Imported: true}}, want: "the memory is imported"},
		{name: "a global of somebody else", module: module{imports: []Import{{Module: "env", Name: "g", Extern: Extern{Kind: KindGlobal, Global: GlobalType{I32, true}}}}, globals: []global{{GlobalType: GlobalType{I32, true}}}, importedGlobals: 1}, want: "a mutable global is imported"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := rewrite(t, build(tc.module, function{code: tc.code}), Options{Bare: true})
			if m.NoSnapshot != tc.want {
				t.Errorf("NoSnapshot %q, want %q", m.NoSnapshot, tc.want)
			}
		})
	}
}
