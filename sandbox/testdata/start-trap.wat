;; A start function that traps.
(module
  (memory (export "memory") 1)
  (func $fail unreachable)
  (start $fail)
  (func (export "lambent_alloc") (param i32) (result i32) (i32.const 0))
  (func (export "handle") (param i32 i32)))
