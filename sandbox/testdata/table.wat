;; A reactor that grows its table for as long as it may, and answers with nothing.
(module
  (memory (export "memory") 1)
  (table $t 1 funcref)
  (func (export "lambent_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "handle") (param i32 i32)
    (loop $again
      (br_if $again (i32.ne (table.grow $t (ref.null func) (i32.const 65536)) (i32.const -1))))))
