;; A reactor that draws a seed in its init phase and answers with its bytes. It
;; cannot renew the seed, so no other instance may have it.
(module
  (import "lambent" "respond" (func $respond (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_initialize") (drop (call $random (i32.const 16) (i32.const 16))))
  (func (export "lambent_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "handle") (param i32 i32) (call $respond (i32.const 16) (i32.const 16))))
