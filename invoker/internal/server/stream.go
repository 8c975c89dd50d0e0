package server

import (
	"encoding/base64"
	"errors"
	"io"
	"runtime/debug"
	"sync"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

// invokeStream serves POST /2021-11-15/functions/{name}/response-streaming-invocations.
//
// The invocation runs on a goroutine of its own, because fasthttp writes the
// body after its handler has returned, and the status is known only when the
// first piece of the body comes, or an error instead.
func (s *Server) invokeStream(ctx *fasthttp.RequestCtx, c *conn, r *route) {
	var req request
	payload, fault := s.accept(ctx, c, r, &req, nameStream)
	if fault != nil {
		s.releaseBody(c, false)
		s.fail(ctx, fault)
		return
	}
	if req.kind == dryRun {
		s.releaseBody(c, false)
		s.dryRun(ctx, r, &req)
		return
	}
	// The version stands in the head of the response, so it is chosen now.
	id := function.ID{Region: req.region, Name: r.fn.Name}
	version, err := s.cfg.Runtime.Route(id, r.fn.Qualifier)
	if err != nil {
		s.releaseBody(c, false)
		s.failAs(ctx, s.runtimeError(err, nameStream), req.id)
		return
	}
	// The invocation outlives this handler, so it takes the body with it.
	held := c.held
	c.held, c.body = 0, nil
	stream := newEventStream()
	target := *r
	req.arn = s.arn(id, r.fn.Qualifier)
	target.fn.Qualifier = version
	s.streams.Go(func() {
		defer s.bodies.used.Add(-held)
		var res runtime.Result
		err := errFault
		defer func() {
			if fault := recover(); fault != nil {
				s.logf("panic in a streamed invocation of %s: %v\n%s", target.fn.Name, fault, debug.Stack())
			}
			stream.finish(s, &req, res, err)
		}()
		res, err = s.do(&req, &target, payload, stream)
	})
	if fault := stream.begin(); fault != nil {
		s.failAs(ctx, fault, req.id)
		return
	}
	h := &ctx.Response.Header
	h.SetCanonical(headerContentType, contentTypeStream)
	h.SetCanonical(headerRequestID, c.bytes(req.id))
	h.SetCanonical(headerExecutedVersion, c.bytes(version))
	h.SetCanonical(headerTraceID, c.bytes(req.traceID))
	ctx.Response.SetBodyStream(stream, -1)
}

// errFault stands for an outcome if there is none.
var errFault = errors.New("server: the invocation has no outcome")

// errAborted is what the function's Write gets when the invocation is over.
var errAborted = errors.New("server: the response stream was aborted")

// eventStream carries a streamed response from the function, which writes, to
// the connection, which reads frames. At most a frame or two are under way, so
// a slow client holds up the function.
type eventStream struct {
	mu      sync.Mutex
	changed sync.Cond
	// frames is what is encoded and not read yet, from the offset next on.
	frames []byte
	next   int
	// begun says that a frame was written, or the end.
	begun bool
	// done says that nothing will be written any more.
	done bool
	// deaf says that the client is gone: what is written is dropped. The
	// function goes on, as on Lambda.
	deaf bool
	// aborted says that the invocation was stopped.
	aborted bool
	// fault is an error that came instead of a response.
	fault *apiError
}

var _ runtime.ResponseStream = (*eventStream)(nil)

func newEventStream() *eventStream {
	e := &eventStream{}
	e.changed.L = &e.mu
	return e
}

// SetContentType implements runtime.ResponseStream. The type of the stream has
// no place in the frames.
func (e *eventStream) SetContentType(string) {}

// Write sends p, and returns when it is encoded.
func (e *eventStream) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		part := p[written:min(len(p), written+maxFrameBytes)]
		if err := e.send(part); err != nil {
			return written, err
		}
		written += len(part)
	}
	return written, nil
}

func (e *eventStream) send(part []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.frames)-e.next >= maxFrameBytes && !e.deaf && !e.aborted && !e.done {
		e.changed.Wait()
	}
	if e.aborted || e.done {
		return errAborted
	}
	if e.deaf {
		return nil
	}
	e.frames = appendFrame(e.unread(), chunkHeaders, part)
	e.begun = true
	e.changed.Broadcast()
	return nil
}

// unread moves what is not read yet to the front of the buffer.
func (e *eventStream) unread() []byte {
	n := copy(e.frames, e.frames[e.next:])
	e.next = 0
	return e.frames[:n]
}

// Abort makes a Write that waits for the client return, and later ones fail.
func (e *eventStream) Abort() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.aborted = true
	e.changed.Broadcast()
}

// begin waits until it is known how the response begins.
func (e *eventStream) begin() *apiError {
	e.mu.Lock()
	defer e.mu.Unlock()
	for !e.begun {
		e.changed.Wait()
	}
	return e.fault
}

// finish ends the stream with the invocation's outcome.
func (e *eventStream) finish(s *Server, req *request, res runtime.Result, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.changed.Broadcast()
	var end completion
	if err != nil {
		var failure *runtime.FunctionError
		if errors.As(err, &failure) {
			end.ErrorCode, end.ErrorDetails = failure.Type, string(failure.Payload)
		} else if fault := s.runtimeError(err, nameStream); e.begun {
			end.ErrorCode, end.ErrorDetails = fault.code, string(fault.body())
		} else {
			e.fault = fault
		}
	}
	e.done, e.begun = true, true
	if e.deaf || e.fault != nil {
		return
	}
	if req.tail {
		end.LogResult = base64.StdEncoding.EncodeToString(res.LogTail)
	}
	b := e.unread()
	for rest := res.Payload; err == nil && len(rest) > 0; {
		n := min(len(rest), maxFrameBytes)
		b = appendFrame(b, chunkHeaders, rest[:n])
		rest = rest[n:]
	}
	e.frames = appendComplete(b, end)
}

// Read is called by the connection. It waits for frames.
func (e *eventStream) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.next == len(e.frames) {
		if e.done || e.deaf {
			return 0, io.EOF
		}
		e.changed.Wait()
	}
	n := copy(p, e.frames[e.next:])
	e.next += n
	e.changed.Broadcast()
	return n, nil
}

// Close is called by the connection when the response is written, or the
// client is gone.
func (e *eventStream) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deaf = true
	e.frames, e.next = nil, 0
	e.changed.Broadcast()
	return nil
}
