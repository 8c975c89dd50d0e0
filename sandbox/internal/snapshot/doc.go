// Package snapshot gives WebAssembly instances linear memories that start as
// copies of one image. Where the kernel allows it the image is a sealed memory
// file and a memory a private mapping of it: making one copies nothing, memories
// share what none of them has written, and Reset throws away the pages that one
// has. Elsewhere a memory is a slice and Reset a copy.
//
// The package knows nothing of WebAssembly but that memories grow and never
// shrink.
package snapshot

// pageSize is the granularity with which an image leaves out zeros. It is a
// multiple of the machine's own page size, or the kernel rounds down for us.
const pageSize = 4096
