package runtime

import (
	"encoding/hex"
	"io"
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/runtime/internal/pool"
	"github.com/lambent-run/lambent/runtime/observe"
)

// environment is an execution environment: a log stream and a /tmp, and the
// isolate that lives in them. A crash ends the isolate only; the next one starts
// in the same environment, as on Lambda.
type environment struct {
	v    *version
	spec Environment
	sink *observe.Sink

	// The rest belongs to whoever has the environment: the pool, a cold start
	// or one invocation.
	isolate Isolate // nil before the init phase and after a crash
	// fresh says that the isolate has not served yet; initTook and initTail are
	// of its init phase.
	fresh    bool
	initTook time.Duration
	initTail *observe.Tail

	mu     sync.Mutex // guards the fields below
	held   bool       // an abandoned isolate still uses it
	closed bool
}

var _ pool.Env = (*environment)(nil)

// NewEnv makes an environment without an isolate.
func (v *version) NewEnv() *environment {
	stream := logStream(v, time.Now())
	e := &environment{v: v, sink: v.newSink(stream)}
	vars := make(map[string]string, len(v.vars)+1)
	maps.Copy(vars, v.vars)
	vars["AWS_LAMBDA_LOG_STREAM_NAME"] = stream
	e.spec = Environment{
		FunctionName:    v.fn.id.Name,
		FunctionVersion: v.name,
		LogGroup:        v.set.LogGroup,
		LogStream:       stream,
		MemorySize:      v.set.MemorySize,
		Vars:            vars,
		Tmp:             scratch.New(int64(v.set.EphemeralStorage) << 20),
		HTTP:            v.fn.rt.http,
		Wasm:            wasmForJS{},
		Log:             e.sink,
		LogJSON:         v.lines.JSON,
		LogLevel:        v.set.LogLevel,
	}
	return e
}

// newSink returns the log of an environment with that log stream.
func (v *version) newSink(stream string) *observe.Sink {
	return observe.NewSink(v.fn.stream, observe.Source{
		Region: v.fn.id.Region, Function: v.fn.id.Name, Group: v.set.LogGroup, Stream: stream,
	})
}

// logStream names an environment's log stream: the day, the version, and 32
// random digits. In a log group of its own choosing the function's name leads.
func logStream(v *version, now time.Time) string {
	var id [16]byte
	for i := 0; i < len(id); i += 8 {
		n := rand.Uint64()
		for j := range 8 {
			id[i+j] = byte(n >> (8 * j))
		}
	}
	b := now.UTC().AppendFormat(make([]byte, 0, 128), "2006/01/02/")
	if v.set.LogGroup != defaultLogGroup(v.fn.id.Name) {
		b = append(b, v.fn.id.Name...)
	}
	b = append(b, '[')
	b = append(b, v.name...)
	b = append(b, ']')
	return string(hex.AppendEncode(b, id[:]))
}

// Close frees the environment and its isolate. If an abandoned isolate still
// uses it, that is left to release.
func (e *environment) Close() {
	e.mu.Lock()
	held := e.held
	e.closed = true
	e.mu.Unlock()
	if !held {
		e.free()
	}
}

// hold marks the environment as used by an isolate that was given up.
func (e *environment) hold() {
	e.mu.Lock()
	e.held = true
	e.mu.Unlock()
	e.sink.SetTail(nil)
}

// release ends hold, when that isolate has come back.
func (e *environment) release() {
	e.mu.Lock()
	e.held = false
	closed := e.closed
	e.mu.Unlock()
	if closed {
		e.free()
	}
}

// free closes the isolate and /tmp.
func (e *environment) free() {
	e.endIsolate()
	if c, ok := e.spec.Tmp.(io.Closer); ok {
		_ = c.Close() // what is left of it is the host's to clean up
	}
}

// endIsolate closes the isolate.
func (e *environment) endIsolate() {
	if e.isolate != nil {
		_ = e.isolate.Close() // it is of no use either way
		e.isolate = nil
	}
}
