// Package runtime runs functions in warm isolates, in process.
//
// A Runtime holds deployed functions. Invoke resolves a name to the function's
// code and settings, takes a slot from the governor, borrows an isolate from
// the pool (or makes one: a cold start) and runs the event in it on a worker
// goroutine, which it abandons if the engine does not come back in time. The
// isolate then returns to the pool and serves the next event, with its
// module-level state, as an execution environment of AWS Lambda does.
//
// The package knows nothing of HTTP, queues and AWS authentication; those are
// package invoker's. What runs the code is an Engine; the one for Node.js
// functions is package js.
package runtime
