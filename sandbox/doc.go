// Package sandbox runs WebAssembly functions on wazero. A Program is a
// deployment package whose module was checked, instrumented and compiled once;
// an Isolate is one execution environment made of it. Invoke hands the guest an
// event and returns its answer, as sandbox/ABI.md says: to a reactor through
// its memory, to a command through its standard streams.
//
// The init phase runs once for all isolates of a Program. What it leaves, the
// linear memory and the mutable globals, becomes an image (package snapshot),
// and an isolate is a copy-on-write mapping of it: it costs some microseconds
// and the pages that it writes. Because memory and globals are all the state
// that such a guest has, an isolate needs a wazero instance only while it runs:
// instances are lent to isolates, with the isolate's memory put below them
// (instance.go). Modules of which that is not true, because their tables change
// or because they drew randomness in the init phase without a way to renew it,
// get an instance and an init phase for each isolate.
//
// The package knows nothing of names, versions, accounts, queues or HTTP: what
// the guest is to see of them arrives as plain strings.
//
// The parts, in the order a function meets them: package.go (which module, which
// entry point), engine.go and code.go (compile), program.go (init phase, image),
// isolate.go and invoke.go (one invocation), failure.go (what went wrong).
package sandbox
