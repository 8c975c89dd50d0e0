;; A program that copies standard input to standard output, and ends with the
;; status 7 if there is no input.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "\00\10\00\00\00\f0\00\00") ;; 61440 bytes at 4096
  (data (i32.const 32) "no event\n")
  (data (i32.const 48) "\20\00\00\00\09\00\00\00")

  (func (export "_start") (local $copied i32)
    (loop $again
      (i32.store (i32.const 4) (i32.const 61440))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
      (if (i32.load (i32.const 16))
        (then
          (i32.store (i32.const 4) (i32.load (i32.const 16)))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
          (local.set $copied (i32.const 1))
          (br $again))))
    (if (i32.eqz (local.get $copied))
      (then
        (drop (call $write (i32.const 2) (i32.const 48) (i32.const 1) (i32.const 20)))
        (call $exit (i32.const 7))))))
