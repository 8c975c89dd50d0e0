package link

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzModules compiles whatever it is given, links it to things of the right
// types, calls what it exports and looks at its tables: nothing may panic and
// nothing may last.
func FuzzModules(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.wasm")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no modules to begin with: %v", err)
	}
	for _, path := range seeds {
		code, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		s := engine.NewStore(16 << 20)
		defer s.Close()
		defer time.AfterFunc(200*time.Millisecond, s.Interrupt).Stop()
		m, err := s.Compile(code)
		if err != nil {
			return
		}
		imports := make([]any, len(m.Imports()))
		for n, x := range m.Imports() {
			if imports[n], err = suitable(s, x.Extern); err != nil {
				return
			}
		}
		i, err := s.Instantiate(m, imports)
		if err != nil {
			return
		}
		for _, x := range i.Exports() {
			use(s, x)
		}
	})
}

// suitable makes something that can be imported as a type.
func suitable(s *Store, x Extern) (any, error) {
	switch x.Kind {
	case KindMemory:
		return s.NewMemory(x.Limits)
	case KindTable:
		return s.NewTable(x.Table, x.Limits)
	case KindGlobal:
		if !x.Global.Mutable && x.Global.Type != V128 {
			return uint64(0), nil
		}
		return s.NewGlobal(x.Global, 0)
	}
	results := len(x.Func.Results)
	return Host(func(stack []uint64) error {
		clear(stack[:results])
		return nil
	}), nil
}

// use does with an export what an embedder might.
func use(s *Store, export any) {
	switch x := export.(type) {
	case *Func:
		slots := 2 * (len(x.Type().Params) + len(x.Type().Results)) // vectors take two
		_ = x.Call(make([]uint64, slots))
	case *Memory:
		_, _ = x.Grow(1)
		_ = len(x.Bytes())
	case *Global:
		if x.Type().Type == FuncRef {
			_, _ = s.FuncOf(x.Get())
		}
	case *Table:
		for at := range min(x.Len(), 64) {
			ref, _ := x.Get(at)
			if x.Type() != FuncRef {
				continue
			}
			if f, err := s.FuncOf(ref); err == nil && f != nil {
				use(s, f)
			}
		}
		_, _ = x.Grow(1, 0)
	}
}
