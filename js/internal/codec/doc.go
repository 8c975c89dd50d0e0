// Package codec turns JSON into JavaScript values and back, for events and
// results as for the guest's own JSON.parse and JSON.stringify. What it
// accepts, what it makes, what it writes and how it words its errors are V8's
// (Node 20); testdata/node.json holds what Node answers to some 350 cases.
//
// # Reading
//
//	text ──scan──> nodes ──document──> values
//
// scan checks the whole text in one pass without recursion, and notes for
// every container where it ends, how many members it has, a hash of its keys,
// and two findings: that its text is canonical, which is to say what
// JSON.stringify would print, and that its keys are regular, so that it can be
// a lazy.Record. Then one value is made, the outermost. What is inside is made
// from the text when a guest first looks at it, level by level: see
// lazy.Source, which document is. A handler that reads three members of an
// event pays for the check and for three members.
//
// Objects with the same keys share a lazy.Shape. Shapes are looked up in a
// small table by the hash of the keys, and members are then only compared with
// the expected key. Irregular objects (more than 64 members, keys that are
// indices, duplicate, long, escaped or not ASCII) become ordinary goja objects.
//
// Strings are parts of the one copy of the text, unless it is large: a guest
// that keeps a word should not keep 6 MB.
//
// # Writing
//
// encoder.value takes the shortest way that V8's result allows:
//
//   - A record or list that nobody has looked at is copied from its text if
//     that is canonical, and otherwise transcoded from it (transcode.go).
//   - Records, ordinary objects and dense arrays are read from their tables, as
//     long as nothing in them can run guest code (encode.go).
//   - Everything else goes the way of the standard, step by step (generic.go):
//     a replacer, an indent, a list of names, toJSON, accessors, proxies, boxed
//     values, class instances whose prototypes are unusual.
//
// Guest code can run in the middle of that and change anything. Codec.guest
// counts those moments; who reads tables compares it with what it was, and
// goes on by asking the object if it has moved. That Object.prototype and
// Array.prototype have no toJSON is found out again after each of them.
//
// # Limits
//
// Reading has no limit of depth, as in V8. Writing and reviving stop with a
// RangeError at about the depth at which V8 does, counted over all calls that
// are under way in an isolate, so that the Go stack stays small. A text ends
// with a RangeError at 512 MiB, V8's longest string. Long runs look for an
// interrupt every few thousand values.
//
// Where lazy.Supported is false, values are made at once by way of goja's
// public API (eager.go), and written by generic.go: slower, and with lone
// surrogates lost from keys.
package codec
