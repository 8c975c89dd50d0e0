// Package js runs Node-style Lambda handlers on goja. A Program is a deployment
// package, whose files are transformed and compiled once; an Isolate is one
// execution environment made of it: a goja runtime, an event loop, the modules
// it has loaded and a handler. Invoke decodes an event, calls
// handler(event, context, callback), turns the loop until the invocation is
// settled and encodes the answer.
//
// The package knows nothing of names, versions, accounts, queues or HTTP: what
// the guest is to see of them arrives as plain strings.
//
// The parts, in the order an event meets them: isolate.go (init phase),
// invoke.go (one invocation), settle.go (who answers first), failure.go (error
// objects), context.go, stream.go. Below: internal/loader finds and compiles
// modules, internal/loop is the event loop, internal/codec turns JSON into
// values, node/... are the core modules.
package js
