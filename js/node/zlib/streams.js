const { Object } = globalThis;
const { Transform, finished } = require('stream');
const { Buffer } = require('buffer');
const { settings, create, tooLarge, isDecoder, isBrotli, modes } = require('internal/zlib/settings');

const SLICE = 262144;
const FLUSH = globalThis.Symbol('flush');

// Zlib is the base of all stream classes.
class Zlib extends Transform {
  #engine; #settings; #made = 0; #decoding; #ended = false;
  constructor(mode, options) {
    super({ autoDestroy: true, ...options, highWaterMark: options?.highWaterMark, objectMode: false });
    const s = settings(mode, options);
    this.#settings = s;
    this.#decoding = isDecoder(mode);
    this.#engine = create(s);
    this.bytesWritten = 0;
    this._level = s.level;
    this._strategy = s.strategy;
  }
  get _closed() { return this.#engine === null; }
  get bytesRead() { return this.bytesWritten; }

  #drain() {
    const limit = this.#settings.maxOutputLength < native.limit * 64 ? this.#settings.maxOutputLength : native.limit * 64;
    for (let part; this.#engine !== null && (part = native.pull(this.#engine)) !== undefined;) {
      this.#made += part.length;
      if (this.#made > limit) throw tooLarge(limit);
      this.push(part);
    }
  }
  _transform(chunk, encoding, callback) {
    try {
      if (chunk[FLUSH] !== undefined) {
        native.push(this.#engine, undefined, chunk[FLUSH]);
        this.#drain();
        callback();
        return;
      }
      this.bytesWritten += chunk.length;
      for (let at = 0; at < chunk.length; at += SLICE) {
        native.push(this.#engine, chunk.subarray(at, at + SLICE), this.#settings.flush);
        this.#drain();
      }
      callback();
    } catch (e) {
      callback(e);
    }
  }
  _flush(callback) {
    try {
      this.#ended = true;
      if (this.#decoding) native.end(this.#engine);
      else native.push(this.#engine, undefined, this.#settings.finishFlush);
      this.#drain();
      callback();
    } catch (e) {
      if (this.#decoding && e.code === 'Z_BUF_ERROR' && this.#settings.finishFlush !== (isBrotli(this.#settings.mode) ? 2 : 4)) callback();
      else callback(e);
    }
  }
  _destroy(error, callback) {
    if (this.#engine !== null) native.close(this.#engine);
    this.#engine = null;
    callback(error);
  }
  flush(kind, callback) {
    if (typeof kind === 'function' || (kind === undefined && callback === undefined)) {
      callback = kind;
      kind = isBrotli(this.#settings.mode) ? 1 : 3;
    }
    if (this.writableFinished || this.writableEnded || this.destroyed) {
      if (callback) globalThis.process.nextTick(callback);
      return;
    }
    const marker = Buffer.alloc(0);
    marker[FLUSH] = kind;
    this.write(marker, callback);
  }
  params(level, strategy, callback) {
    this.flush(2, () => {
      if (this.#engine !== null) native.params(this.#engine, level);
      this._level = level;
      callback?.();
    });
  }
  reset() {
    if (this.#engine !== null) native.close(this.#engine);
    this.#engine = create(this.#settings);
    this.#made = 0;
  }
  close(callback) {
    if (callback) finished(this, callback);
    this.destroy();
  }
}

// define makes a class that can be called without new, as those of Node can.
function define(name, mode) {
  const C = class extends Zlib {
    constructor(options) { super(mode, options); }
  };
  const F = { [name]: function (options) { return globalThis.Reflect.construct(C, [options], new.target ?? F); } }[name];
  F.prototype = C.prototype;
  Object.defineProperty(C.prototype, 'constructor', { value: F, writable: true, configurable: true });
  Object.setPrototypeOf(F, Zlib);
  exports[name] = F;
}
define('Deflate', modes.DEFLATE);
define('Inflate', modes.INFLATE);
define('Gzip', modes.GZIP);
define('Gunzip', modes.GUNZIP);
define('DeflateRaw', modes.DEFLATERAW);
define('InflateRaw', modes.INFLATERAW);
define('Unzip', modes.UNZIP);
define('BrotliCompress', modes.BROTLI_ENCODE);
define('BrotliDecompress', modes.BROTLI_DECODE);
