// Package instrument rewrites WebAssembly modules before they are compiled, bytes
// to bytes, so that a host can stop them, cap them, and copy their instances.
//
// Rewrite reads the whole module (parse.go, sections.go), looks through the code
// of every function (scan.go) and refuses what it does not know, then adds what
// the options ask for (deadline.go, bulk.go, init.go, expose.go) and writes all
// of it anew (encode.go). Everything that is added comes behind what the author
// wrote: no index changes, so functions keep their names in traces, and nothing
// that is added has an index or a name that the author's code could use.
//
// It is also the gate before the compiler: numbers that a hostile module states
// (of imports, locals, names) are checked against its size and against the
// limits that browsers have, and everything is encoded anew in the one shortest
// way, so that the compiler cannot read a module otherwise than it was read here.
package instrument
