package node_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

// A hostile guest may call anything with anything. Whatever the modules make of
// it, they must not take the process down: a panic of Go fails the test, as
// does a call that never ends.
func TestHostileCallsDoNoHarm(t *testing.T) {
	t.Parallel()
	for i, src := range []string{
		// Every function of every module, with strange arguments, strange this and as a constructor.
		`const odd = [[], [undefined], [null], [-1], [NaN], [2 ** 53], [''], ['x'.repeat(300)], [{}], [[]], [() => 1], [Symbol('s')], [5n], [new Proxy({}, {})],
 [{ get length() { throw new Error('length') } }], [new Proxy([], { get() { throw new Error('get') } })], ['x', 'y', 'z', 'w'], [Buffer.alloc(4), -1, 2 ** 40], [new Uint8Array(3), 1e9], [{ toString() { throw 1 } }],
 ['/tmp/x', -5, 2 ** 33], [0, Buffer.alloc(2), 9, 9, -9], ['sha256', { key: {} }, {}], ['aes-128-gcm', Buffer.alloc(16), Buffer.alloc(0)]];
const skip = new Set(['process.exit', 'process.reallyExit', 'process.abort', 'process.kill']);
let calls = 0;
const walk = (name, object, depth) => {
  for (const key of Object.getOwnPropertyNames(object)) {
    let f;
    try { f = object[key]; } catch { continue; }
    const path = name + '.' + key;
    if (skip.has(path)) continue;
    if (typeof f === 'function') {
      for (const args of odd) {
        for (const self of [object, undefined, {}, Object.create(object)]) { try { const r = f.apply(self, args); if (r && typeof r.then === 'function') r.then(() => {}, () => {}); if (r && typeof r.on === 'function') r.on('error', () => {}); if (r && typeof r.destroy === 'function') r.destroy(); } catch {} calls++; }
        try { const r = Reflect.construct(f, args); if (r && typeof r.on === 'function') r.on('error', () => {}); if (r && typeof r.destroy === 'function') r.destroy(); } catch {}
      }
      if (depth > 0 && f.prototype && typeof f.prototype === 'object') walk(path + '.prototype', f.prototype, depth - 1);
    } else if (f !== null && typeof f === 'object' && depth > 0 && !ArrayBuffer.isView(f)) walk(path, f, depth - 1);
  }
};
for (const name of MODULES) walk(name, require(name), 2);
return calls > 10000;`,
		// The methods of Buffer, which appear only when they are asked for.
		`const odd = [undefined, null, -1, 0, 1e9, 2 ** 53, NaN, Infinity, 'x', {}, [], 5n, Symbol('s'), Buffer.alloc(2), { valueOf() { throw 1 } }];
for (const name of ['readUInt8','readInt32BE','readBigInt64LE','readUIntBE','readDoubleLE','writeUInt8','writeInt32BE','writeBigInt64LE','writeUIntBE','writeFloatLE','toString','write','slice','subarray','copy','fill','indexOf','lastIndexOf','includes','equals','compare','swap16','toJSON','inspect','hexSlice','utf8Write','latin1Slice'])
 for (const a of odd) for (const b of odd) for (const c of [undefined, -1, 6, 2 ** 40, 'hex']) for (const self of [Buffer.alloc(8), Buffer.alloc(0), {}, null, new DataView(new ArrayBuffer(4))]) { try { Buffer.prototype[name].call(self, a, b, c); } catch {} }
return true;`,
		// Giant sizes are refused, not tried.
		`const z = require('zlib'), c = require('crypto'), out = []; for (const f of [() => Buffer.alloc(2 ** 32), () => Buffer.allocUnsafe(2 ** 31), () => Buffer.from({ length: 2 ** 40 }), () => Buffer.concat([], 2 ** 32), () => c.randomBytes(2 ** 31 - 1), () => c.scryptSync('p', 's', 64, { N: 2 ** 30, r: 8, maxmem: 2 ** 50 }), () => c.pbkdf2Sync('p', 's', 1, 2 ** 31 - 1, 'sha1'), () => c.generateKeyPairSync('rsa', { modulusLength: 65536 }), () => c.createHash('shake128', { outputLength: 2 ** 31 - 1 }), () => require('fs').truncateSync('/tmp/none', 2 ** 50), () => { const fs = require('fs'); fs.writeFileSync('/tmp/f', ''); fs.truncateSync('/tmp/f', 2 ** 50); }, () => { const fs = require('fs'); const fd = fs.openSync('/tmp/g', 'w'); fs.writeSync(fd, 'x', 2 ** 50); }]) { try { f(); out.push('done ' + f); } catch { out.push(0); } } return out.every((x) => x === 0) || out;`,
		// Descriptors run out, they do not pile up.
		`const fs = require('fs'); fs.writeFileSync('/tmp/x', 'x'); let n = 0; try { for (;;) { fs.openSync('/tmp/x'); n++; } } catch (e) { return [n > 1000 && n < 1030, e.code]; }`,
		// Paths lead nowhere but where they should.
		`const fs = require('fs'); const out = []; for (const p of ['/etc/passwd', '../../../etc/passwd', '/var/task/../../etc/passwd', '/tmp/../etc/passwd', '/proc/self/environ', '/proc/1/environ', '/dev/mem', '//etc/passwd', 'file:///etc/passwd', '/tmp/link']) { if (p === '/tmp/link') fs.symlinkSync('/etc/passwd', p); try { out.push(fs.readFileSync(p).length); } catch (e) { out.push(e.code); } } return out.every((c) => c === 'ENOENT') || out;`,
		// Globals that the guest has replaced break the guest only.
		`for (const name of ['Uint8Array', 'Error', 'TypeError', 'RangeError', 'Symbol', 'Object', 'Array', 'Map', 'Promise', 'Reflect', 'JSON', 'ArrayBuffer']) { const kept = globalThis[name]; globalThis[name] = 5; for (const m of MODULES) { try { require(m); } catch {} } try { Buffer.from('x').toString('nope'); } catch {} try { structuredClone({ a: [1] }); } catch {} globalThis[name] = kept; } return true;`,
		`Object.prototype.get = 1; Array.prototype.push = null; Function.prototype.call = null; for (const m of MODULES) { try { require(m); } catch {} } return true;`,
	} {
		t.Run(src[:40], func(t *testing.T) {
			t.Parallel()
			h := hosttest.New(t, func(s *module.System) {
				tmp := scratch.New(16 << 20)
				t.Cleanup(func() { tmp.Close() })
				s.Tmp = tmp
				s.MemoryLimit = 64 << 20
			})
			_ = h.VM().Set("MODULES", []string{"buffer", "crypto", "zlib", "fs", "fs/promises", "os", "http", "https", "dns", "net", "tls", "vm", "v8",
				"worker_threads", "child_process", "http2", "dgram", "cluster", "inspector", "constants"})
			if i == 0 {
				// What it leaves behind may well throw later; only a panic is a failure.
				v, err := h.Run("(() => {" + src + "})()")
				t.Logf("%v, %v", v, err)
				return
			}
			switch got := h.Eval(t, src); got {
			case "true", `[true,"EMFILE"]`:
			default:
				t.Errorf("got %s", got)
			}
		})
	}
}
