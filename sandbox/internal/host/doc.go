// Package host is the host's side of the boundary to a WebAssembly guest: the
// module "lambent" (context, response, errors, log), WASI preview 1 by way of
// package wasi, and the interruption of a guest that computes or waits.
//
// The host modules are made once for each wazero runtime. What they act upon, a
// Guest, is the context.Context of the call into the guest: host functions find
// it with a type assertion, and a call costs no allocation.
package host
