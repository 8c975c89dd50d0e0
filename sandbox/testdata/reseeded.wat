;; As seeded.wat, but it renews its seed in each instance that starts from a copy
;; of another's memory, so there can be copies.
(module
  (import "lambent" "respond" (func $respond (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_initialize") (drop (call $random (i32.const 16) (i32.const 16))))
  (func (export "lambent_restore") (drop (call $random (i32.const 16) (i32.const 16))))
  (func (export "lambent_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "handle") (param i32 i32) (call $respond (i32.const 16) (i32.const 16))))
