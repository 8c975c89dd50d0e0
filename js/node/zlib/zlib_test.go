package zlib_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	goruntime "runtime"
	"testing"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

func TestZlibAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/zlib.json")
}

// A few kilobytes that stand for a gigabyte must not become one.
func TestBombsAreBoundedByTheFunctionsMemory(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	for range 256 {
		_, _ = w.Write(make([]byte, 1<<20))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	h := hosttest.New(t, func(s *module.System) { s.MemoryLimit = 64 << 20 })
	_ = h.VM().Set("bomb", base64.StdEncoding.EncodeToString(bomb.Bytes()))
	got := h.Eval(t, `try { return require('zlib').gunzipSync(Buffer.from(bomb, 'base64')).length } catch (e) { return [e.name, e.code] }`)
	if want := `["RangeError","ERR_BUFFER_TOO_LARGE"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Streams that a guest drops must not leave their coroutines behind.
func TestDroppedStreamsAreCollected(t *testing.T) {
	before := goruntime.NumGoroutine()
	for range 50 {
		hosttest.New(t).Eval(t, `const s = require('zlib').createGunzip(); s.write(Buffer.from([0x1f, 0x8b])); return 1`)
	}
	for range 100 {
		goruntime.GC()
		if goruntime.NumGoroutine() <= before+5 {
			return
		}
		goruntime.Gosched()
	}
	t.Errorf("%d goroutines before, %d after", before, goruntime.NumGoroutine())
}
