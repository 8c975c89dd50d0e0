;; A reactor that counts its invocations in a global and in memory: it answers
;; with the number of the invocation, 1 to 9, as one digit of each.
(module
  (import "lambent" "respond" (func $respond (param i32 i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 48))
  (data (i32.const 16) "\"00\"")

  (func (export "lambent_alloc") (param i32) (result i32) (i32.const 1024))

  (func (export "_initialize")
    (i32.store8 (i32.const 32) (i32.const 1)))

  (func (export "handle") (param i32 i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store8 (i32.const 17) (global.get $count))
    (i32.store8 (i32.const 18) (i32.add (i32.load8_u (i32.const 18)) (i32.load8_u (i32.const 32))))
    (call $respond (i32.const 16) (i32.const 4))))
