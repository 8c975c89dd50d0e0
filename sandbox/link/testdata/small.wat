;; The least that can be instantiated many times.
(module
 (import "env" "f" (func $f (param i32) (result i32)))
 (memory (export "memory") 16)
 (func (export "run") (param i32) (result i32) local.get 0 call $f)
 (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)
 (func (export "load") (param i32) (result i32) local.get 0 i32.load)
 (func (export "store") (param i32 i32) local.get 0 local.get 1 i32.store)
)
