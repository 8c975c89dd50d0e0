// Package link runs WebAssembly modules for an embedder that brings their
// imports: functions of its own, and memories, tables, globals and functions of
// other instances. It is what stands behind the WebAssembly object of JavaScript.
//
// An Engine compiles modules, once per process and content. A Store is the world
// of one isolate: its instances can be linked to each other, share one limit of
// memory and are interrupted together. An Instance hands out Funcs, Memories,
// Tables and Globals, each of which is the same Go value however it is reached,
// so that an embedder can keep the identity of objects by theirs.
//
// wazero knows imports by name, and no tables, memories or globals made by a
// host. Both gaps are closed with small modules made on the spot: a memory that
// the embedder asks for is exported by one, and between an instance and what it
// imports stands another that imports everything from where it is and exports it
// under the numbers that Compile has given to the imports (linker.go). wazero
// resolves such re-exports when it instantiates, so they cost nothing later.
//
// Linear memory is ordinary Go memory, so that a slice of it that somebody kept
// stays valid whatever becomes of the instance. Instances that are linked to
// each other live as long as any handle of any of them (cluster.go).
package link
