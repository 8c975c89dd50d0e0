package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// state is all that a guest's next invocation can depend on: its memory and its
// globals.
func state(t testing.TB, iso *Isolate) ([]byte, []uint64) {
	t.Helper()
	return bytes.Clone(iso.memory.Bytes()), slices.Clone(iso.globals)
}

func TestResetIsolateIsTheImageWhateverTheGuestDid(t *testing.T) {
	t.Parallel()
	p := compile(t, newEngine(t, ""), Source{Files: pack(load(t, "pages.wasm")), Handler: "pages.scribble", Reset: true})
	iso, untouched := newTestIsolate(t, p), newTestIsolate(t, p)
	defer iso.Close()
	defer untouched.Close()
	memory, globals := state(t, untouched)
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		if got := serve(t, iso, fmt.Sprint(r.Uint32()>>1)); got != "0" {
			t.Fatalf("round %d answers %q", round, got)
		}
		gotMemory, gotGlobals := state(t, iso)
		if !bytes.Equal(gotMemory, memory) {
			t.Fatalf("round %d leaves %d bytes of memory that are not the image's %d", round, len(gotMemory), len(memory))
		}
		if !slices.Equal(gotGlobals, globals) {
			t.Fatalf("round %d leaves the globals %v, want %v", round, gotGlobals, globals)
		}
	}
	if gotMemory, gotGlobals := state(t, untouched); !bytes.Equal(gotMemory, memory) || !slices.Equal(gotGlobals, globals) {
		t.Error("an isolate that never served has changed")
	}
}

func TestIsolatesKeepTheirStateThoughTheyShareInstances(t *testing.T) {
	t.Parallel()
	p := compile(t, newEngine(t, ""), Source{Files: pack(load(t, "counter.wasm"))})
	isolates := make([]*Isolate, 5)
	for i := range isolates {
		isolates[i] = newTestIsolate(t, p)
		defer isolates[i].Close()
	}
	for round := 1; round <= 9; round++ {
		for i, iso := range isolates {
			if got, want := serve(t, iso, "null"), fmt.Sprintf(`"%d%d"`, round, round); got != want {
				t.Fatalf("isolate %d answers %s in round %d, want %s", i, got, round, want)
			}
		}
	}
	if n := len(p.free); n != 1 {
		t.Errorf("%d instances served isolates that took turns, want 1", n)
	}
}

func TestIsolatesOfOneProgramRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	p := compile(t, newEngine(t, ""), Source{Files: pack(load(t, "counter.wasm"))})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 10 {
				iso, err := p.NewIsolate(context.Background(), Environment{MemorySize: 128})
				if err != nil {
					t.Error(err)
					return
				}
				for n := 1; n <= 9; n++ {
					reply, err := iso.Invoke(&Call{Event: []byte("null"), Deadline: time.Now().Add(time.Minute)})
					if want := fmt.Sprintf(`"%d%d"`, n, n); err != nil || string(reply.Payload) != want {
						t.Errorf("got %s, %v; want %s", reply.Payload, err, want)
					}
				}
				if err := iso.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestMemoryIsReportedAndCapped(t *testing.T) {
	t.Parallel()
	p := compile(t, newEngine(t, ""), Source{Files: pack(load(t, "pages.wasm"))})
	iso := newTestIsolate(t, p)
	defer iso.Close()
	reply, err := iso.Invoke(&Call{Event: []byte("3"), Deadline: time.Now().Add(time.Minute)})
	if want := int64(4 << 20); err != nil || reply.MaxMemory != want {
		t.Errorf("MaxMemory = %d, %v; want %d", reply.MaxMemory, err, want)
	}
	var failure *HandlerError
	if _, err := p.NewIsolate(t.Context(), Environment{MemorySize: 3}); !errors.As(err, &failure) || failure.Type != typeMemory {
		t.Errorf("4 MiB in an environment of 3 MB: %v, want %s", err, typeMemory)
	}
}

func TestInterruptEndsTheIsolate(t *testing.T) {
	t.Parallel()
	p := compile(t, newEngine(t, ""), Source{Files: pack(load(t, "echo.wasm"))})
	iso := newTestIsolate(t, p)
	iso.Interrupt()
	if _, err := iso.Invoke(&Call{Event: []byte("1")}); !errors.Is(err, ErrInterrupted) || iso.Usable() {
		t.Errorf("Invoke = %v, Usable = %t; want ErrInterrupted and false", err, iso.Usable())
	}
	if err := iso.Close(); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	loop := compile(t, newEngine(t, ""), Source{Files: pack(load(t, "start-loop.wasm"))})
	if _, err := loop.NewIsolate(ended, Environment{MemorySize: 128}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("the init phase that has no end: %v, want ErrInterrupted", err)
	}
}

func TestInterruptReachesGuestsWhereverTheyAre(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/hostile.c")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "(*const deeds[])(void) = {")
	list, _, _ = strings.Cut(list, "};")
	deeds := regexp.MustCompile(`\w+`).FindAllString(list, -1)
	p := compile(t, newEngine(t, ""), Source{Files: pack(load(t, "hostile.wasm"))})
	for _, deed := range []string{"spin", "recurse_indirectly", "fill_memory", "random_forever", "sleep_forever", "log_forever"} {
		iso := newTestIsolate(t, p)
		begun := make(chan struct{})
		go func() {
			<-begun
			iso.Interrupt()
		}()
		close(begun)
		_, err := iso.Invoke(&Call{Event: fmt.Append(nil, slices.Index(deeds, deed)), Deadline: time.Now().Add(time.Minute)})
		// A recursion may have come to its own end first.
		if overflow := deed == "recurse_indirectly" && err != nil; !errors.Is(err, ErrInterrupted) && !overflow {
			t.Errorf("%s: %v, want ErrInterrupted", deed, err)
		}
		if err := iso.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSameModuleIsCompiledOnce(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "")
	wasm := load(t, "echo.wasm")
	programs := make([]*Program, 8)
	var all sync.WaitGroup
	for i := range programs {
		all.Go(func() {
			var err error
			if programs[i], err = e.Compile(t.Context(), Source{Files: pack(wasm)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, p := range programs {
		if p.code != programs[0].code {
			t.Fatal("two programs of one module do not share its code")
		}
	}
	for _, p := range programs {
		if err := errors.Join(p.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	}
	if n := programs[0].code.uses; n != 1 {
		t.Errorf("%d uses are left, want that of the cache", n)
	}
	if err := e.Close(); err != nil || len(e.codes) != 0 {
		t.Errorf("Close = %v, %d modules are left", err, len(e.codes))
	}
}

func TestCompiledModulesAreFoundOnDiskAndNeverTrustedBlindly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	answer := func() {
		t.Helper()
		p := compile(t, newEngine(t, dir), Source{Files: pack(load(t, "echo.wasm"))})
		iso := newTestIsolate(t, p)
		defer iso.Close()
		if got := serve(t, iso, `"ok"`); got != `"ok"` {
			t.Errorf("got %s", got)
		}
	}
	// artefact is the compiler's only file.
	artefact := func() (path string, text []byte) {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(dir, "*", "data", "*", "*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("the cache holds %v, %v; want one file", found, err)
		}
		if text, err = os.ReadFile(found[0]); err != nil {
			t.Fatal(err)
		}
		return found[0], text
	}
	answer()
	path, want := artefact()
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	answer()
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("the second process compiled again: %v", err)
	}
	for _, at := range []int{0, 20, len(want) / 2, len(want) - 1} {
		spoilt := bytes.Clone(want)
		spoilt[at] ^= 1
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		answer()
		if _, got := artefact(); !bytes.Equal(got, want) {
			t.Errorf("the entry whose byte %d is wrong was not replaced", at)
		}
	}
}

func TestWhatCannotBeSharedIsNotShared(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, module string
		why          string
	}{
		{"nothing stands against an image", "counter.wasm", ""},
		{"a table that changes", "table.wasm", "a table can change"},
		{"a seed drawn in the init phase", "seeded.wasm", "random bytes"},
		{"a seed that is renewed", "reseeded.wasm", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := compile(t, newEngine(t, ""), Source{Files: pack(load(t, tc.module))})
			one, other := newTestIsolate(t, p), newTestIsolate(t, p)
			defer one.Close()
			defer other.Close()
			if got := p.NoImage(); !strings.Contains(got, tc.why) || tc.why == "" && got != "" {
				t.Errorf("NoImage = %q, want %q", got, tc.why)
			}
			if a, b := serve(t, one, "1"), serve(t, other, "1"); strings.Contains(tc.module, "seeded") && a == b {
				t.Errorf("two isolates have the seed %x in common", a)
			}
		})
	}
}

func TestHandlerNamesModuleAndExport(t *testing.T) {
	t.Parallel()
	for handler, want := range map[string][2]string{
		"orders.charge": {"orders", "charge"}, "a/b.c.d": {"a/b.c", "d"}, "bootstrap": {"bootstrap", ""}, "a.b/c": {"a.b/c", ""}, "": {"", ""},
	} {
		if module, export := splitHandler(handler); module != want[0] || export != want[1] {
			t.Errorf("splitHandler(%q) = %q, %q; want %q", handler, module, export, want)
		}
	}
}

func TestTrapsShowTheGuestAndNothingOfTheHost(t *testing.T) {
	t.Parallel()
	reason, trace := takeApart("boom (recovered by wazero)\nwasm stack trace:\n\tf(i32)\n\tg() i32\n\nGo runtime stack trace:\ngoroutine 1 [running]:\n")
	if reason != "boom" || !slices.Equal(trace, []string{"f(i32)", "g() i32"}) {
		t.Errorf("got %q, %q", reason, trace)
	}
	if reason, trace := takeApart("stack overflow"); reason != "stack overflow" || trace != nil {
		t.Errorf("got %q, %q", reason, trace)
	}
}

func TestTypesAreWrittenAsInTheTextFormat(t *testing.T) {
	t.Parallel()
	got := typeText([]instrument.ValType{instrument.I32, instrument.F64}, nil)
	if want := "(i32, f64) -> ()"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
