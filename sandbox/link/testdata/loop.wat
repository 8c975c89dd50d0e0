;; What has to be stopped from outside.
(module
 (import "env" "call" (func $call))
 (func (export "spin") (loop $l br $l))
 (func (export "spinAndCall") (loop $l call $call br $l))
 (func $deep (export "deep") (param i32) (result i32)
  local.get 0 i32.eqz if (result i32) i32.const 0 else local.get 0 i32.const 1 i32.sub call $deep i32.const 1 i32.add end)
)
