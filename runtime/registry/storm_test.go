package registry

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

var hammer = flag.Duration("hammer", 0, "how long to hammer the registry, beyond the short default")

// TestNoChangeIsLostWhenManyChangeTheSame lets two registries, as two processes
// would, change one function at once.
func TestNoChangeIsLostWhenManyChangeTheSame(t *testing.T) {
	t.Parallel()
	const workers, rounds = 8, 6
	s := memory.New()
	var both [2]*Registry
	for i := range both {
		both[i] = newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
		if i == 0 {
			must(t)(both[0].CreateFunction(t.Context(), fn, input("1")))
		}
	}
	var group sync.WaitGroup
	for worker := range workers {
		r := both[worker%len(both)]
		group.Go(func() {
			for round := range rounds {
				name := fmt.Sprintf("w%d-%d", worker, round)
				if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: name, FunctionVersion: "$LATEST"}); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	group.Wait()
	r := newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
	list, _, err := r.ListAliases(t.Context(), fn, "", Page{})
	if err != nil || len(list) != workers*rounds {
		t.Errorf("%d aliases, %v; want %d", len(list), err, workers*rounds)
	}
}

func TestEveryPublicationHasItsNumberAndItsCode(t *testing.T) {
	t.Parallel()
	const workers, rounds = 16, 4
	r := withFunction(t, Config{})
	var mu sync.Mutex
	texts := map[string]string{}
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for round := range rounds {
				text := fmt.Sprintf("%d of %d", round, worker)
				c, err := r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf(text)}, Publish: true})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if texts[c.Version] != "" {
					t.Errorf("version %s was published twice", c.Version)
				}
				texts[c.Version] = text
				mu.Unlock()
			}
		})
	}
	group.Wait()
	for number := 1; number <= workers*rounds; number++ {
		version := strconv.Itoa(number)
		if got := serves(t, r, version); got != texts[version] {
			t.Errorf("version %s serves %q, want %q", version, got, texts[version])
		}
	}
}

// TestManyClientsOnFewFunctions sets 32 goroutines on 20 functions. Whatever
// they meet, it must be an answer that Lambda could have given, and in the end
// nothing is left over.
func TestManyClientsOnFewFunctions(t *testing.T) {
	t.Parallel()
	const clients, functions, rounds = 32, 20, 24
	r := newRegistry(t, Config{})
	runner := attach(t, r)
	end := time.Now().Add(*hammer)
	var group sync.WaitGroup
	for client := range clients {
		group.Go(func() {
			c := &caller{r: r, rnd: rand.New(rand.NewPCG(uint64(client), 1))}
			for round := 0; (round < rounds || time.Now().Before(end)) && !t.Failed(); round++ {
				if err := c.act(t.Context(), named(c.rnd.IntN(functions))); err != nil && !expected(err) {
					t.Errorf("client %d: %v", client, err)
				}
			}
		})
	}
	group.Wait()
	for i := range functions {
		d, ok, err := r.Function(t.Context(), named(i))
		told := runner.deployment(named(i))
		if err != nil || ok != (told != nil) || ok && !sameDeployment(d, told) {
			t.Errorf("%s is %+v, the runtime was told %+v", named(i).Name, d, told)
		}
	}
	wantTidy(t, r)
	for i := range functions {
		if err := r.DeleteFunction(t.Context(), named(i), ""); err != nil && !IsKind(err, NotFound) {
			t.Error(err)
		}
	}
	if entries, err := r.cfg.KV.List(t.Context(), "", "", 0); err != nil || len(entries) > 0 || blobs(t, r) > 0 {
		t.Errorf("%d records and %d contents are left, %v", len(entries), blobs(t, r), err)
	}
}

// caller does what a client of the API may do.
type caller struct {
	r   *Registry
	rnd *rand.Rand
}

// act does one thing to a function.
func (c *caller) act(ctx context.Context, id function.ID) error {
	text := strconv.Itoa(c.rnd.IntN(8))
	version := strconv.Itoa(1 + c.rnd.IntN(6))
	switch c.rnd.IntN(12) {
	case 0, 1, 2:
		in := input(text)
		in.Publish = c.rnd.IntN(2) == 0
		_, err := c.r.CreateFunction(ctx, id, in)
		return err
	case 3, 4:
		_, err := c.r.UpdateFunctionCode(ctx, id, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf(text)}, Publish: c.rnd.IntN(2) == 0})
		return err
	case 5:
		_, err := c.r.UpdateFunctionConfiguration(ctx, id, UpdateConfigurationInput{SettingsChange: function.SettingsChange{Timeout: ptr(1 + c.rnd.IntN(9))}})
		return err
	case 6:
		_, err := c.r.PublishVersion(ctx, id, PublishInput{})
		return err
	case 7:
		_, err := c.r.CreateAlias(ctx, id, AliasInput{Name: "live", FunctionVersion: version})
		if IsKind(err, Conflict) {
			_, err = c.r.UpdateAlias(ctx, id, "live", AliasInput{FunctionVersion: version})
		}
		return err
	case 8:
		return c.r.DeleteFunction(ctx, id, version)
	case 9:
		_, err := c.r.PutProvisioned(ctx, id, version, 1+c.rnd.IntN(3))
		return err
	case 10:
		return c.call(ctx, id)
	}
	return c.r.DeleteFunction(ctx, id, "")
}

// call opens the code of a version, as a runtime would.
func (c *caller) call(ctx context.Context, id function.ID) error {
	d, ok, err := c.r.Function(ctx, id)
	if err != nil || !ok {
		return err
	}
	for version, revision := range d.Versions {
		v, ok, err := c.r.Version(ctx, id, version, revision)
		if err != nil || !ok {
			return err
		}
		if _, err := read(ctx, v); err != nil && !errors.Is(err, function.ErrReplaced) {
			return err
		}
	}
	return nil
}

// expected reports whether an error is one of those that clients who do not know
// of each other must expect.
func expected(err error) bool {
	return IsKind(err, NotFound) || IsKind(err, Conflict)
}

// wantTidy fails unless the store has exactly what the documents refer to, and
// the counts are right.
func wantTidy(t *testing.T, r *Registry) {
	t.Helper()
	want := map[store.Sum]bool{}
	versions, code := 0, map[string]int64{}
	for id, e := range r.functions {
		versions += len(e.doc.Published)
		code[id.Region] += e.doc.codeSize()
		for _, p := range e.doc.packages() {
			want[store.Sum(p.Sum)] = true
		}
		for _, p := range e.doc.Published {
			if _, err := r.version(t.Context(), id, e.doc.Generation, p.Number); err != nil {
				t.Error(err)
			}
		}
	}
	for sum := range want {
		content, err := r.OpenCode(t.Context(), Sum(sum))
		if err != nil {
			t.Error(err)
			continue
		}
		_ = content.Close()
	}
	if got := blobs(t, r); got != len(want) {
		t.Errorf("%d contents are stored, %d in use", got, len(want))
	}
	entries, err := r.cfg.KV.List(t.Context(), "versions/", "", 0)
	if err != nil || len(entries) != versions {
		t.Errorf("%d records of versions, %v; %d are listed", len(entries), err, versions)
	}
	for name, in := range r.regions {
		if in.code != code[name] {
			t.Errorf("%d bytes of code are counted in %s, want %d", in.code, name, code[name])
		}
		if !slices.IsSorted(in.names) {
			t.Errorf("names of %s: %v", name, strings.Join(in.names, " "))
		}
	}
}
