;; A reactor with 4 MiB of memory. Its handler writes to as many pages of 4 KiB
;; as the event, a number, says; scribble leaves nothing of its state as it was.
(module
  (import "lambent" "respond" (func $respond (param i32 i32)))
  (memory (export "memory") 64)
  (global $a (mut i32) (i32.const 1))
  (global $b (mut i64) (i64.const 2))
  (global $c (mut f32) (f32.const 3))
  (global $d (mut f64) (f64.const 4))
  (data (i32.const 1048576) "part of the image")
  (data (i32.const 3145728) "another part of it")

  (func (export "lambent_alloc") (param i32) (result i32) (i32.const 16))

  (func $number (param $ptr i32) (param $len i32) (result i32)
    (local $n i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $len)))
        (local.set $n (i32.add
          (i32.mul (local.get $n) (i32.const 10))
          (i32.sub (i32.load8_u (local.get $ptr)) (i32.const 48))))
        (local.set $ptr (i32.add (local.get $ptr) (i32.const 1)))
        (local.set $len (i32.sub (local.get $len) (i32.const 1)))
        (br $next)))
    (local.get $n))

  (func (export "handle") (param $ptr i32) (param $len i32)
    (local $left i32) (local $at i32)
    (local.set $left (call $number (local.get $ptr) (local.get $len)))
    (local.set $at (i32.const 1048576))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $left)))
        (i32.store (local.get $at) (local.get $left))
        (local.set $at (i32.add (local.get $at) (i32.const 4096)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (call $respond (local.get $ptr) (local.get $len)))

  (func (export "scribble") (param $ptr i32) (param $len i32)
    (local $seed i32) (local $left i32)
    (local.set $seed (i32.add (call $number (local.get $ptr) (local.get $len)) (i32.const 1)))
    (global.set $a (local.get $seed))
    (global.set $b (i64.extend_i32_u (local.get $seed)))
    (global.set $c (f32.convert_i32_u (local.get $seed)))
    (global.set $d (f64.convert_i32_u (local.get $seed)))
    (drop (memory.grow (i32.and (local.get $seed) (i32.const 3))))
    (local.set $left (i32.const 2000))
    (loop $next
      ;; a generator of numbers after Marsaglia
      (local.set $seed (i32.xor (local.get $seed) (i32.shl (local.get $seed) (i32.const 13))))
      (local.set $seed (i32.xor (local.get $seed) (i32.shr_u (local.get $seed) (i32.const 17))))
      (local.set $seed (i32.xor (local.get $seed) (i32.shl (local.get $seed) (i32.const 5))))
      (i32.store8
        (i32.rem_u (local.get $seed) (i32.shl (memory.size) (i32.const 16)))
        (local.get $seed))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $next (local.get $left)))
    (memory.fill (i32.const 16) (i32.const 48) (i32.const 8))
    (call $respond (i32.const 16) (i32.const 1))))
