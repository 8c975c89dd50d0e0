package registry

import (
	"context"
	"testing"

	"github.com/lambent-run/lambent/runtime/store"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

// layerOf is what it takes to publish a layer version.
func layerOf(code string) LayerInput { return LayerInput{Content: CodeInput{ZipFile: zipOf(code)}} }

func TestContentsOfDeletedLayersAreThrownAway(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r := newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
	d, err := r.PublishLayerVersion(t.Context(), shared, layerOf("1"))
	if err != nil {
		t.Fatal(err)
	}
	if used := r.AccountSettings(shared.Region).AccountUsage.TotalCodeSize; used != d.Content.Size {
		t.Errorf("%d bytes are in use, want %d", used, d.Content.Size)
	}
	if err := r.DeleteLayerVersion(t.Context(), shared, 1); err != nil {
		t.Fatal(err)
	}
	if used := r.AccountSettings(shared.Region).AccountUsage.TotalCodeSize; used != 0 {
		t.Errorf("%d bytes are in use after the deletion", used)
	}
	r = newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
	if _, err := s.Blob().Open(t.Context(), store.Sum(d.Content.Sum)); err == nil {
		t.Error("the content is still there")
	}
	_, err = r.GetLayerVersion(t.Context(), shared, 1)
	wantError(t, err, NotFound, noResource)
}

func TestLayersPublishedAtOnceHaveNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	const n = 16
	numbers := make(chan int64, n)
	for range n {
		go func() {
			d, err := r.PublishLayerVersion(context.Background(), shared, layerOf("1"))
			if err != nil {
				numbers <- 0
				return
			}
			numbers <- d.Version.Version
		}()
	}
	seen := map[int64]bool{}
	for range n {
		seen[<-numbers] = true
	}
	if len(seen) != n || seen[0] {
		t.Errorf("got %v, want %d numbers", seen, n)
	}
}
