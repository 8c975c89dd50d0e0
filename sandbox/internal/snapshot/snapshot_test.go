package snapshot

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

const wasmPage = 64 << 10

// forms are the two ways to keep memories: as mappings, where there are any, and
// on the heap.
var forms = map[string]bool{"mapped": true, "heap": false}

func mustMemory(t testing.TB, im *Image, limit uint64, mapped bool) *Memory {
	t.Helper()
	m, err := newMemory(im, limit, mapped)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func mustCapture(t testing.TB, content []byte, mapped bool) *Image {
	t.Helper()
	im, err := capture(content, mapped)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = im.Close() })
	return im
}

// content is n bytes of which some pages are zero and others are not.
func content(r *rand.Rand, n int) []byte {
	text := make([]byte, n)
	for range r.IntN(20) {
		at := r.IntN(n)
		for i := at; i < min(n, at+r.IntN(3*pageSize)); i++ {
			text[i] = byte(r.Uint32())
		}
	}
	return text
}

func TestResetMemoryIsTheImageWhateverWasDone(t *testing.T) {
	t.Parallel()
	for form, mapped := range forms {
		for seed := range uint64(20) {
			t.Run(fmt.Sprint(form, " ", seed), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(seed, 1))
				want := content(r, wasmPage*(1+r.IntN(8)))
				im := mustCapture(t, slices.Clone(want), mapped)
				m := mustMemory(t, im, 32*wasmPage, mapped)
				neighbour := mustMemory(t, im, 32*wasmPage, mapped)
				for round := range 5 {
					if !bytes.Equal(m.Bytes(), want) {
						t.Fatalf("round %d does not begin with the image", round)
					}
					scribble(t, r, m)
					if err := m.Reset(); err != nil {
						t.Fatal(err)
					}
				}
				if same, err := im.Same(m.Bytes()); err != nil || !same {
					t.Errorf("Same = %t, %v after Reset", same, err)
				}
				if !bytes.Equal(neighbour.Bytes(), want) {
					t.Error("what was written reached another memory")
				}
			})
		}
	}
}

// scribble writes to a memory and makes it grow.
func scribble(t *testing.T, r *rand.Rand, m *Memory) {
	t.Helper()
	for range r.IntN(30) {
		if r.IntN(4) == 0 {
			size := m.Size() + uint64(r.IntN(6))*wasmPage
			old := int(m.Size())
			if grown := m.Grow(size); grown != (size <= 32*wasmPage) {
				t.Fatalf("Grow(%d) = %t", size, grown)
			} else if grown && len(bytes.Trim(m.Bytes()[old:], "\x00")) > 0 {
				t.Fatalf("Grow(%d) from %d shows what was there before", size, old)
			}
		}
		b := m.Bytes()
		at := r.IntN(len(b))
		for i := at; i < min(len(b), at+r.IntN(2*pageSize)); i++ {
			b[i] ^= 0xff
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	for form, mapped := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			m := mustMemory(t, nil, 3*wasmPage, mapped)
			if m.Size() != 0 || !m.Grow(2*wasmPage) || !m.Grow(3*wasmPage) {
				t.Errorf("a memory of %d bytes does not grow to its limit", m.Size())
			}
			if m.Grow(4*wasmPage) || m.Grow(wasmPage) || m.Size() != 3*wasmPage {
				t.Errorf("after impossible changes the size is %d, want %d", m.Size(), 3*wasmPage)
			}
			im := mustCapture(t, m.Bytes(), mapped)
			if _, err := newMemory(im, 2*wasmPage, mapped); err == nil {
				t.Error("an image larger than the limit makes a memory")
			}
			if err := m.Reset(); err != nil || m.Size() != 0 {
				t.Errorf("Reset = %v, size %d; want an empty memory", err, m.Size())
			}
		})
	}
}

func TestImageDoesNotFollowTheMemoryItCameFrom(t *testing.T) {
	t.Parallel()
	for form, mapped := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			source := bytes.Repeat([]byte{7}, wasmPage)
			im := mustCapture(t, source, mapped)
			source[5] = 8
			m := mustMemory(t, im, wasmPage, mapped)
			if got := m.Bytes()[5]; got != 7 {
				t.Errorf("byte 5 of the image is %d, want 7", got)
			}
			if im.Shared() != (mapped && m.room.reserved()) {
				t.Errorf("Shared = %t for a %s image", im.Shared(), form)
			}
		})
	}
}

func TestMemoriesOutliveTheirImagesFile(t *testing.T) {
	t.Parallel()
	im, err := Capture(bytes.Repeat([]byte{1}, wasmPage))
	if err != nil {
		t.Fatal(err)
	}
	m := mustMemory(t, im, wasmPage, true)
	if err := im.Close(); err != nil {
		t.Fatal(err)
	}
	if got := m.Bytes()[wasmPage-1]; got != 1 {
		t.Errorf("the last byte is %d after the image was closed, want 1", got)
	}
}

func BenchmarkNewAndClose(b *testing.B) {
	for form, mapped := range forms {
		b.Run(form, func(b *testing.B) {
			im := mustCapture(b, bytes.Repeat([]byte{1}, 4<<20), mapped)
			for b.Loop() {
				m, err := newMemory(im, 128<<20, mapped)
				if err != nil {
					b.Fatal(err)
				}
				_ = m.Close()
			}
		})
	}
}

func BenchmarkReset(b *testing.B) {
	for form, mapped := range forms {
		for _, pages := range []int{0, 1, 64} {
			b.Run(fmt.Sprintf("%s/%d pages", form, pages), func(b *testing.B) {
				im := mustCapture(b, bytes.Repeat([]byte{1}, 4<<20), mapped)
				m := mustMemory(b, im, 128<<20, mapped)
				for b.Loop() {
					for i := range pages {
						m.Bytes()[i*pageSize]++
					}
					if err := m.Reset(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
