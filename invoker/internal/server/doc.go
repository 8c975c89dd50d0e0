// Package server is the HTTP listener of the Lambda API. It reads a request,
// finds out which operation it is and on which function, runs it, and words
// the answer, errors above all, exactly as AWS does.
//
// A request passes through these files: listener.go, conn.go and registry.go (a
// client's connection and its time limits), route.go (which operation),
// request.go and body.go (what was asked), invoke.go or stream.go (the
// operation), errors.go (what went wrong). The plainest requests, which are
// nearly all, take a shorter way through recognise.go and direct.go.
//
// It is the only package that knows fasthttp. The hot path, a synchronous
// invocation, parses by hand, and what it keeps between requests (a body
// buffer, the last route) belongs to the connection, so that nothing is shared.
package server
