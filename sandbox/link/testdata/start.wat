;; A start function that calls out and may never end.
(module
 (import "env" "begin" (func $begin (result i32)))
 (memory (export "memory") 1)
 (data (i32.const 8) "ready")
 (func $start (loop $l call $begin br_if $l))
 (start $start)
)
