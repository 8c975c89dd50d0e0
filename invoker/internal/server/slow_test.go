package server

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// TestSlowClients drives the sweeper by hand, with times of its own.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	hour := int64(time.Hour)
	tests := []struct {
		name, text string
		answers    int // responses before the wait
		status     int // of the response after it; 0 for none
	}{
		{name: "a client that sends nothing is cut off", text: ""},
		{name: "half a head is answered with 408", text: "POST " + invokeHello + " HTTP/1.1\r\nHo", status: 408},
		{name: "half a body is answered with 408", text: "POST " + invokeHello + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[1", status: 408},
		{name: "an idle connection is cut off", text: invokeRequest("hello", "1"), answers: 1},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// The real sweeper looks every second, at limits of hours.
			s, addr := start(t, Config{ReadTimeout: 10 * time.Hour, WriteTimeout: 10 * time.Hour, IdleTimeout: 10 * time.Hour}, nil)
			c := dial(t, addr)
			c.send(tc.text)
			for range tc.answers {
				if got := c.answer(); got.status != 200 {
					t.Fatalf("got %d %s", got.status, got.body)
				}
			}
			wantPhase := int64(phaseReading)
			switch {
			case tc.text == "":
				wantPhase = phaseNew
			case tc.answers > 0:
				wantPhase = phaseIdle
			}
			s.conns.await(t, func(state int64) bool { return state&(1<<phaseBits-1) == wantPhase })
			s.conns.sweep(9 * hour)
			s.conns.sweep(11 * hour)
			if tc.status != 0 {
				if got := c.answer(); got.status != tc.status || got.header.Get("X-Amzn-Errortype") != "RequestTimeoutException" {
					t.Errorf("got %d %s, want %d", got.status, got.body, tc.status)
				}
			}
			if !c.ended() {
				t.Error("the connection stays open")
			}
		})
	}
}

// await yields until the state of some connection is as wanted.
func (g *registry) await(t *testing.T, wanted func(state int64) bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		g.mu.Lock()
		for c := range g.conns {
			if wanted(c.state.Load()) {
				g.mu.Unlock()
				return
			}
		}
		g.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	t.Fatal("no connection got into the wanted state")
}

func TestClientThatDoesNotReadIsCutOff(t *testing.T) {
	t.Parallel()
	s, addr := start(t, Config{ReadTimeout: 10 * time.Hour, WriteTimeout: 10 * time.Hour, IdleTimeout: 10 * time.Hour},
		func(context.Context, runtime.Invocation) (runtime.Result, error) {
			return runtime.Result{Payload: make([]byte, 64<<20), ExecutedVersion: "$LATEST"}, nil
		})
	c := dial(t, addr)
	c.send(invokeRequest("hello", "1"))
	for writing := false; !writing; {
		s.conns.mu.Lock()
		for conn := range s.conns.conns {
			writing = conn.writing.Load() != 0
		}
		s.conns.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	s.conns.sweep(int64(11 * time.Hour))
	if n, err := io.Copy(io.Discard, c.r); n >= 64<<20 {
		t.Errorf("all %d bytes arrived (%v): the server waited", n, err)
	}
}
