// Blob and File as the File API defines them.
const { Object, Symbol, Number, Uint8Array, Date, TypeError, Math } = globalThis;
const { nodeError, invalidArgType } = require('internal/errors');
const { Buffer } = require('buffer');

let bytesOf, create;

class Blob {
  #bytes; #type;
  constructor(sources = [], options = {}) {
    if (sources === null || typeof sources !== 'object' || typeof sources[Symbol.iterator] !== 'function') {
      throw invalidArgType('sources', 'a sequence', sources);
    }
    if (options !== null && options !== undefined && typeof options !== 'object') throw invalidArgType('options', 'Object', options);
    const parts = [];
    for (const source of sources) {
      if (source instanceof Blob) parts.push(source.#bytes);
      else if (native.isBytes(source)) parts.push(native.view(source));
      else parts.push(Buffer.from(options?.endings === 'native' ? `${source}`.replace(/\r?\n/g, '\n') : `${source}`));
    }
    this.#bytes = Buffer.concat(parts);
    this.#type = typeOf(options?.type);
  }
  get size() { return this.#bytes.length; }
  get type() { return this.#type; }
  slice(start = 0, end = this.size, type = '') {
    const at = (n) => (n < 0 ? Math.max(this.size + n, 0) : Math.min(n, this.size));
    const from = at(Math.trunc(start) || 0);
    const blob = new Blob();
    blob.#bytes = this.#bytes.subarray(from, Math.max(from, at(Math.trunc(end) || 0)));
    blob.#type = typeOf(type);
    return blob;
  }
  async arrayBuffer() {
    const copy = new Uint8Array(this.#bytes);
    return copy.buffer;
  }
  async bytes() { return new Uint8Array(this.#bytes); }
  async text() { return new (require('internal/encoding').TextDecoder)().decode(this.#bytes); }
  stream() {
    const { ReadableStream } = require('stream/web');
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (at >= bytes.length) {
          controller.close();
          return;
        }
        const chunk = new Uint8Array(bytes.subarray(at, at + 65536));
        at += chunk.length;
        controller.enqueue(chunk);
      },
    });
  }
  [native.cloneable]() { return this; }
  static {
    bytesOf = (blob) => blob.#bytes;
    create = (bytes, type) => {
      const blob = new Blob();
      blob.#bytes = bytes;
      blob.#type = type;
      return blob;
    };
  }
}

function typeOf(type) {
  const text = `${type ?? ''}`;
  return /[^\u0020-\u007E]/.test(text) ? '' : text.toLowerCase();
}

class File extends Blob {
  #name; #lastModified;
  constructor(sources, name, options = undefined) {
    if (arguments.length < 2) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "fileBits" and "fileName" arguments must be specified');
    super(sources, options ?? {});
    this.#name = `${name}`;
    const time = options?.lastModified;
    this.#lastModified = time === undefined ? Date.now() : Math.trunc(Number(time)) || 0;
  }
  get name() { return this.#name; }
  get lastModified() { return this.#lastModified; }
}

for (const C of [Blob, File]) {
  Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
  for (const key of Object.getOwnPropertyNames(C.prototype)) {
    if (key !== 'constructor') Object.defineProperty(C.prototype, key, { enumerable: true });
  }
}

Object.assign(exports, { Blob, File, bytesOf, create });
