package instrument

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/tetratelabs/wazero"
)

// Whatever a bulk operation did to the memory, and whether it trapped, it does
// in chunks too.
func TestBulkOperationsInChunksDoTheSame(t *testing.T) {
	t.Parallel()
	const pages = 64
	const size = pages << 16 // four chunks
	segment := make([]byte, chunk*5/2)
	for i := range segment {
		segment[i] = byte(i * 7 >> 3)
	}
	wasm := build(
		module{
			memory:  &Memory{Limits: Limits{Min: pages}},
			exports: []Export{{Name: "memory", Extern: Extern{Kind: KindMemory}}},
			data:    []dataSegment{{flags: 1, bytes: segment}},
		},
		function{export: "prepare", locals: []ValType{I32}, code: fmt.Sprintf(
			"loop void; local.get 0; local.get 0; local.get 0; i32.mul; i32.store; local.get 0; i32.const 4; i32.add; local.tee 0; i32.const %d; i32.lt_u; br_if 0; end", size)},
		function{export: "fill", params: []ValType{I32, I32, I32}, code: "local.get 0; local.get 1; local.get 2; memory.fill"},
		function{export: "copy", params: []ValType{I32, I32, I32}, code: "local.get 0; local.get 1; local.get 2; memory.copy"},
		function{export: "init", params: []ValType{I32, I32, I32}, code: "local.get 0; local.get 1; local.get 2; memory.init 0"},
		function{export: "drop", params: []ValType{I32, I32, I32}, code: "data.drop 0; local.get 0; local.get 1; local.get 2; memory.init 0"},
	)
	tests := []struct {
		operation        string
		to, from, length uint64
	}{
		{"fill", 5, 9, 0}, {"fill", 5, 9, 100}, {"fill", 1, 0x1ff, chunk}, {"fill", 1, 7, chunk + 1}, {"fill", 3, 7, 3 * chunk},
		{"fill", 0, 7, size}, {"fill", 1, 7, size}, {"fill", size, 7, 0}, {"fill", size + 1, 7, 0}, {"fill", 0xffffffff, 7, 0xffffffff}, {"fill", 0x80000000, 7, 0x80000000},
		{"copy", 0, 100, 3 * chunk}, {"copy", 100, 0, 3 * chunk}, {"copy", 1, 0, size - 1}, {"copy", 0, 1, size - 1}, {"copy", 7, 7, 2*chunk + 5},
		{"copy", 3 * chunk, 0, chunk}, {"copy", chunk, 0, 2*chunk + 77}, {"copy", 0, chunk + 3, 2*chunk + 77}, {"copy", 0, 1, size}, {"copy", 1, 0, size},
		{"copy", 0, 0xfffffff0, 3 * chunk}, {"copy", 0xfffffff0, 0, 3 * chunk}, {"copy", size, size, 0}, {"copy", 0, size + 1, 0},
		{"init", 0, 0, chunk * 5 / 2}, {"init", 9, 3, chunk*5/2 - 3}, {"init", 9, 4, chunk*5/2 - 3}, {"init", 2 * chunk, 0, chunk * 5 / 2},
		{"init", 0, 0xffffffff, 2 * chunk}, {"init", 0, chunk * 5 / 2, 0}, {"init", 0, 0, 10},
		{"drop", 0, 0, 2 * chunk}, {"drop", 0, 0, 0}, {"drop", 0, 1, 0},
	}
	run := func(code []byte, i int) ([]byte, bool) {
		tc := tests[i]
		mod := load(t, wazero.NewRuntimeConfig(), code)
		_, err := mod.ExportedFunction(tc.operation).Call(context.Background(), tc.to&0xffffffff, tc.from, tc.length)
		memory, _ := mod.Memory().Read(0, size)
		return bytes.Clone(memory), err != nil
	}
	code := rewrite(t, wasm, Options{Deadline: true}).Code
	for i, tc := range tests {
		t.Run(fmt.Sprintf("%s %#x %#x %#x", tc.operation, tc.to, tc.from, tc.length), func(t *testing.T) {
			t.Parallel()
			want, wantTrap := run(wasm, i)
			got, trap := run(code, i)
			if trap != wantTrap || !bytes.Equal(got, want) {
				t.Errorf("trap %v, want %v; the memory is the same: %v", trap, wantTrap, bytes.Equal(got, want))
			}
		})
	}
}
