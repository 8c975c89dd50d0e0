package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/lambent-run/lambent/runtime/store"
)

var blobChecks = map[string]func(*testing.T, store.Blob){
	"contents are kept under their hash":         checkContents,
	"a content that cannot be read is not kept":  checkBrokenContent,
	"a deleted content is not there":             checkDeleteContent,
	"an open content outlives its deletion":      checkOpenContent,
	"all contents are listed":                    checkAll,
	"blobs heed a context that has ended":        checkBlobContext,
	"contents are put, read and deleted at once": checkConcurrentBlobs,
}

func checkContents(t *testing.T, blob store.Blob) {
	ctx := t.Context()
	large := make([]byte, 1<<20+7)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(large)
	for _, content := range [][]byte{nil, []byte("a"), large, large} {
		want := store.Sum(sha256.Sum256(content))
		if _, err := blob.Open(ctx, store.Sum{1}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("open of what does not exist: %v, want ErrNotFound", err)
		}
		sum, size, err := blob.Put(ctx, iotest.HalfReader(bytes.NewReader(content)))
		if err != nil || sum != want || size != int64(len(content)) {
			t.Errorf("put of %d bytes: %v, %d, %v; want %v", len(content), sum, size, err, want)
		}
		if got := readAll(t, blob, sum); !bytes.Equal(got, content) {
			t.Errorf("read %d bytes, which are not the %d that were put", len(got), len(content))
		}
	}
	opened, err := blob.Open(ctx, sha256.Sum256(large))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	part := make([]byte, 10)
	if n, err := opened.ReadAt(part, 500); n != 10 || err != nil || !bytes.Equal(part, large[500:510]) {
		t.Errorf("ReadAt 500: %d bytes, %v", n, err)
	}
	if n, err := opened.ReadAt(part, int64(len(large))-4); n != 4 || err != io.EOF {
		t.Errorf("ReadAt across the end: %d, %v; want 4, EOF", n, err)
	}
	if count(t, blob) != 3 {
		t.Errorf("%d contents, want 3", count(t, blob))
	}
}

func checkBrokenContent(t *testing.T, blob store.Blob) {
	broken := errors.New("broken")
	content := io.MultiReader(strings.NewReader("the beginning"), iotest.ErrReader(broken))
	if _, _, err := blob.Put(t.Context(), content); !errors.Is(err, broken) {
		t.Errorf("put: %v, want the reader's error", err)
	}
	if n := count(t, blob); n != 0 {
		t.Errorf("%d contents, want none", n)
	}
}

func checkDeleteContent(t *testing.T, blob store.Blob) {
	ctx := t.Context()
	sum := putContent(t, blob, "content")
	if err := blob.Delete(ctx, sum); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Open(ctx, sum); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("open after delete: %v, want ErrNotFound", err)
	}
	if err := blob.Delete(ctx, sum); err != nil {
		t.Errorf("second delete: %v", err)
	}
	if again := putContent(t, blob, "content"); again != sum || string(readAll(t, blob, sum)) != "content" {
		t.Error("a content cannot be put again after its deletion")
	}
}

func checkOpenContent(t *testing.T, blob store.Blob) {
	ctx := t.Context()
	sum := putContent(t, blob, "content")
	opened, err := blob.Open(ctx, sum)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if err := blob.Delete(ctx, sum); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(io.NewSectionReader(opened, 0, opened.Size()))
	if string(got) != "content" || err != nil {
		t.Errorf("read %q, %v from a deleted content that is open", got, err)
	}
}

func checkAll(t *testing.T, blob store.Blob) {
	want := map[store.Sum]bool{}
	for i := range 50 {
		want[putContent(t, blob, fmt.Sprint(i))] = true
	}
	for sum, err := range blob.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !want[sum] {
			t.Errorf("%v is listed twice or was never put", sum)
		}
		delete(want, sum)
	}
	if len(want) > 0 {
		t.Errorf("%d contents are not listed", len(want))
	}
	for range blob.All(t.Context()) {
		break // a reader may stop
	}
}

func checkBlobContext(t *testing.T, blob store.Blob) {
	sum := putContent(t, blob, "content")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, putErr := blob.Put(ctx, strings.NewReader("other"))
	_, openErr := blob.Open(ctx, sum)
	errs := []error{putErr, openErr, blob.Delete(ctx, sum)}
	for _, err := range blob.All(ctx) {
		errs = append(errs, err)
	}
	if len(errs) != 4 {
		t.Errorf("All yields %d errors, want 1", len(errs)-3)
	}
	for i, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d: %v, want %v", i, err, context.Canceled)
		}
	}
	if n := count(t, blob); n != 1 {
		t.Errorf("%d contents, want 1", n)
	}
}

func checkConcurrentBlobs(t *testing.T, blob store.Blob) {
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			for i := range 12 {
				content := strings.Repeat(fmt.Sprint(i%4), 10_000)
				sum, size, err := blob.Put(t.Context(), strings.NewReader(content))
				if err != nil || size != 10_000 {
					t.Errorf("put: %d, %v", size, err)
					return
				}
				opened, err := blob.Open(t.Context(), sum)
				if errors.Is(err, store.ErrNotFound) {
					continue // another worker has deleted it
				}
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(io.NewSectionReader(opened, 0, opened.Size()))
				if string(got) != content || err != nil {
					t.Errorf("read %d bytes, %v; want %d", len(got), err, len(content))
				}
				_ = opened.Close()
				if w%3 == 0 {
					if err := blob.Delete(t.Context(), sum); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func putContent(t *testing.T, blob store.Blob, content string) store.Sum {
	t.Helper()
	sum, _, err := blob.Put(t.Context(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func readAll(t *testing.T, blob store.Blob, sum store.Sum) []byte {
	t.Helper()
	opened, err := blob.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	got, err := io.ReadAll(io.NewSectionReader(opened, 0, opened.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func count(t *testing.T, blob store.Blob) (n int) {
	t.Helper()
	for _, err := range blob.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
