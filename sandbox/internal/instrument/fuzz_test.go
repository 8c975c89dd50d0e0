package instrument

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// FuzzRewrite holds for any bytes at all: Rewrite does not panic; what wazero
// accepts is accepted, unless it uses what is not supported; what is accepted
// and compiles before compiles afterwards, and what did not, does not; and what
// has been rewritten without options stays as it is when it is rewritten again.
func FuzzRewrite(f *testing.F) {
	f.Add(everything())
	for _, name := range kernelNames {
		f.Add(kernel(f, name))
	}
	fixtures, err := filepath.Glob("../../testdata/*.wasm")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range fixtures {
		if wasm, err := os.ReadFile(path); err == nil && len(wasm) < 4096 {
			f.Add(wasm)
		}
	}
	f.Fuzz(holds)
}

// FuzzCode holds the same for any code within a module that is sound.
func FuzzCode(f *testing.F) {
	for _, name := range append([]string{""}, kernelNames...) {
		wasm := everything()
		if name != "" {
			wasm = kernel(f, name)
		}
		m, err := parse(wasm)
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range m.codes {
			f.Add(wasm[c.pos:c.end])
		}
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		m, err := parse(everything())
		if err != nil {
			t.Fatal(err)
		}
		holds(t, m.encode([][]byte{{0, byte(opEnd)}, code}))
	})
}

func holds(t *testing.T, wasm []byte) {
	plain, err := Rewrite(wasm, Options{})
	if err != nil {
		refusedFor(t, wasm, err)
		return
	}
	again, err := Rewrite(plain.Code, Options{})
	if err != nil || !bytes.Equal(again.Code, plain.Code) {
		t.Fatalf("rewritten again: %v, or other bytes", err)
	}
	if !affordable(plain) {
		return
	}
	before := compiles(t, plain.Code)
	if err := compiles(t, wasm); err == nil && before != nil {
		t.Fatalf("encoded anew it does not compile: %v", before)
	}
	for _, opts := range allOptions[1:] {
		m, err := Rewrite(wasm, opts)
		if err != nil {
			if !strings.Contains(err.Error(), "allowed") && !strings.Contains(err.Error(), "reserved") {
				t.Fatalf("%+v: %v", opts, err)
			}
			continue
		}
		// An offset of the wrong type is found in the code of the initialisation
		// instead; data that nobody uses may be left out.
		if after := compiles(t, m.Code); before == nil && after != nil {
			t.Fatalf("%+v: does not compile any more: %v", opts, after)
		} else if before != nil && after == nil && !opts.Bare {
			t.Fatalf("%+v: compiles all of a sudden; before: %v", opts, before)
		}
	}
}

// unsupported are words of the refusals of modules that wazero may accept: what
// it understands without being asked to, and what it does not bound.
var unsupported = []string{
	"unknown instruction", "supported", "unknown value type", "at most", "form 0x", "more than", "unknown block type",
	"ref.null of type", "of unknown kind", "in a constant expression", "of which there are",
}

// refusedFor fails if a module is refused that compiles, unless it uses
// something that is not supported.
func refusedFor(t *testing.T, wasm []byte, err error) {
	t.Helper()
	var refusal *Error
	if !errors.As(err, &refusal) {
		t.Fatalf("an error of another type: %v", err)
	}
	for _, words := range unsupported {
		if strings.Contains(refusal.Reason, words) {
			return
		}
	}
	if len(wasm) > 1<<16 || strings.Contains(refusal.Reason, "too early") || strings.Contains(refusal.Reason, "longer than") {
		return // wazero allocates what a module claims before it looks
	}
	if compiles(t, wasm) == nil {
		t.Fatalf("refused, but it compiles: %v", err)
	}
}

// affordable says that wazero will not allocate gigabytes for a module.
func affordable(m *Module) bool {
	for _, i := range m.Imports {
		if i.Kind == KindTable && i.Limits.Min > 1<<20 {
			return false
		}
	}
	return true
}

// Programs made at random do the same before and after.
func TestRandomProgramsDoTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			wasm := randomProgram(seed)
			want, wantErr := runProgram(t, wasm)
			for _, opts := range allOptions {
				m := rewrite(t, wasm, opts)
				got, err := runProgram(t, m.Code, m.Init)
				if (err == nil) != (wantErr == nil) || got != want {
					t.Errorf("%+v: %d, %v; want %d, %v", opts, got, err, want, wantErr)
				}
			}
		})
	}
}

// runProgram returns a sum over what a program returned and left in its memory.
func runProgram(t *testing.T, wasm []byte, init ...string) (uint64, error) {
	t.Helper()
	ctx := context.Background()
	mod := load(t, wazero.NewRuntimeConfig(), wasm)
	for _, name := range init {
		if name != "" {
			if _, err := mod.ExportedFunction(name).Call(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := mod.ExportedFunction("run").Call(ctx, 12345)
	var sum uint64
	if err == nil {
		sum = got[0]
	}
	return sum + checksum(mod.Memory()), err
}

func checksum(m api.Memory) uint64 {
	var sum uint64
	all, _ := m.Read(0, m.Size())
	for _, b := range all {
		sum = sum*31 + uint64(b)
	}
	return sum
}

// program writes random code. It ends, because every loop counts down a local of
// its own and functions call only those behind them, and ends soon, because it
// traps once a global has been counted down.
type program struct {
	*rand.Rand
	text   strings.Builder
	locals int // i32 locals, of which the first is the parameter
	calls  int // the function that may be called next; 0: none
	blocks []bool
}

const programLocals = 12

func randomProgram(seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 99))
	var fs []function
	const count = 4
	for i := range count {
		p := &program{Rand: rng, locals: 3}
		if i < count-1 {
			p.calls = i + 1
		}
		p.burn()
		p.emit("block void")
		p.block(4, false)
		p.emit("end")
		p.value(2)
		f := function{params: []ValType{I32}, results: []ValType{I32}, locals: make([]ValType, programLocals), code: p.text.String()}
		for j := range f.locals {
			f.locals[j] = I32
		}
		if i == 0 {
			f.export = "run"
		}
		fs = append(fs, f)
	}
	return build(module{
		memory: &Memory{Limits: Limits{Min: 1}},
		globals: []global{
			{GlobalType: GlobalType{Type: I32, Mutable: true}, init: assemble("i32.const 3; end")},
			{GlobalType: GlobalType{Type: I32, Mutable: true}, init: assemble("i32.const 20000; end")},
		},
		tables: []table{{FuncRef, Limits{Min: count}}},
		elems:  []elemSegment{{offset: assemble("i32.const 1; end"), funcs: []uint32{1, 2, 3}}},
		data:   []dataSegment{{offset: assemble("i32.const 16; end"), bytes: []byte("some data")}, {offset: assemble("i32.const 40; end"), bytes: []byte("and more")}},
	}, fs...)
}

func (p *program) emit(format string, args ...any) { fmt.Fprintf(&p.text, format+"\n", args...) }

func (p *program) statements(depth int) {
	for range 1 + p.IntN(4) {
		p.statement(depth)
	}
}

func (p *program) statement(depth int) {
	kind := p.IntN(9)
	if depth == 0 {
		kind = p.IntN(4)
	}
	switch kind {
	case 0:
		p.value(2)
		p.emit("local.set %d", p.IntN(3))
	case 1:
		p.value(2)
		p.emit("i32.const 0xfffc; i32.and")
		p.value(2)
		p.emit("i32.store 2 0")
	case 2:
		p.value(2)
		p.emit("global.set 0")
	case 3:
		p.emit("i32.const %d; i32.const %d", p.IntN(60000), p.IntN(256))
		p.value(1)
		p.emit("i32.const 2047; i32.and; memory.fill")
	case 4, 5:
		p.value(2)
		p.emit("if void")
		p.block(depth, false)
		p.emit("else")
		p.block(depth, false)
		p.emit("end")
	case 6:
		p.emit("block void")
		p.block(depth, false)
		p.emit("end")
	default:
		p.loop(depth)
	}
}

// block writes statements in a block that is begun; label 0 is it.
func (p *program) block(depth int, loop bool) {
	p.blocks = append(p.blocks, loop)
	p.statements(depth - 1)
	if p.IntN(3) == 0 {
		p.value(1)
		p.emit("br_if %d", p.label())
	}
	p.blocks = p.blocks[:len(p.blocks)-1]
}

// label picks a block to leave, never a loop to begin anew. The outermost is none.
func (p *program) label() int {
	l := p.IntN(len(p.blocks))
	for p.blocks[len(p.blocks)-1-l] {
		l++
	}
	return l
}

func (p *program) burn() {
	p.emit("global.get 1; i32.const 1; i32.sub; global.set 1; global.get 1; i32.eqz; if void; unreachable; end")
}

func (p *program) loop(depth int) {
	counter := p.locals
	if counter > programLocals {
		return
	}
	p.locals++
	p.emit("i32.const %d; local.set %d; loop void", 1+p.IntN(30), counter)
	p.burn()
	p.block(depth, true)
	p.emit("local.get %d; i32.const 1; i32.sub; local.tee %d; br_if 0; end", counter, counter)
	p.locals--
}

// value writes code that pushes an i32.
func (p *program) value(depth int) {
	kind := p.IntN(7)
	if depth == 0 {
		kind = p.IntN(3)
	}
	switch kind {
	case 0:
		p.emit("i32.const %d", p.Int32())
	case 1:
		p.emit("local.get %d", p.IntN(3))
	case 2:
		p.emit("global.get 0")
	case 3:
		p.value(depth - 1)
		p.emit("i32.const 0xffff; i32.and; i32.load8_u 0 0")
	case 4:
		p.value(depth - 1)
		switch {
		case p.calls == 0:
			p.emit("i32.popcnt")
		case p.IntN(2) == 0:
			p.emit("i32.const %d; call_indirect 0 0", p.calls)
		default:
			p.emit("call %d", p.calls)
		}
	default:
		p.value(depth - 1)
		p.value(depth - 1)
		p.emit([]string{"i32.add", "i32.sub", "i32.mul", "i32.xor", "i32.rotl", "i32.lt_u"}[p.IntN(6)])
	}
}
