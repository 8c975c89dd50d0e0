// CompressionStream and DecompressionStream as the Compression Standard has them.
const { Object, Symbol, Uint8Array, TypeError } = globalThis;
const { invalidArgValue } = require('internal/errors');
const zlib = require('zlib');
const { TransformStream } = require('stream/web');

function pair(engine) {
  let fail;
  const failed = new globalThis.Promise((resolve, reject) => { fail = reject; });
  failed.catch(() => {});
  return new TransformStream({
    start(controller) {
      engine.on('data', (chunk) => controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
      engine.on('error', (e) => {
        const error = new TypeError(e.message, { cause: e });
        fail(error);
        controller.error(error);
      });
    },
    transform(chunk) {
      if (!globalThis.ArrayBuffer.isView(chunk) && !(chunk instanceof globalThis.ArrayBuffer)) throw new TypeError('chunk must be a buffer source');
      const bytes = globalThis.ArrayBuffer.isView(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : new Uint8Array(chunk);
      return globalThis.Promise.race([failed, new globalThis.Promise((resolve) => { engine.write(bytes, () => resolve()); })]);
    },
    flush() {
      return globalThis.Promise.race([failed, new globalThis.Promise((resolve) => { engine.on('end', resolve); engine.end(); })]);
    },
  });
}

function define(name, makers) {
  exports[name] = { [name]: class {
    #transform;
    constructor(format) {
      const make = Object.hasOwn(makers, format) ? makers[format] : undefined;
      if (make === undefined) throw invalidArgValue('format', format, `must be one of: 'deflate', 'deflate-raw', 'gzip'`);
      this.#transform = pair(make());
    }
    get readable() { return this.#transform.readable; }
    get writable() { return this.#transform.writable; }
  } }[name];
  Object.defineProperty(exports[name].prototype, Symbol.toStringTag, { value: name, configurable: true });
}
define('CompressionStream', { deflate: zlib.createDeflate, 'deflate-raw': zlib.createDeflateRaw, gzip: zlib.createGzip });
define('DecompressionStream', { deflate: zlib.createInflate, 'deflate-raw': zlib.createInflateRaw, gzip: zlib.createGunzip });
