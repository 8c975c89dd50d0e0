package link

import "testing"

func BenchmarkInstantiate(b *testing.B) {
	s := newStore(b)
	m := compileModule(b, s, fixture(b, "api"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Instantiate(m, []any{Host(increment), uint64(7)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	s := newStore(b)
	i := instantiate(b, s, "api", Host(increment), uint64(7))
	for name, export := range map[string]string{"plain": "add", "through the host": "callf"} {
		b.Run(name, func(b *testing.B) {
			f, stack := i.export(export).(*Func), make([]uint64, 2)
			b.ReportAllocs()
			for b.Loop() {
				if err := f.Call(stack); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
