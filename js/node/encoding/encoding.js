// TextEncoder and TextDecoder as the Encoding Standard defines them.
const { Object, Symbol } = globalThis;
const { invalidArgType } = require('internal/errors');

class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(input = '') { return native.encode(`${input}`); }
  encodeInto(source, destination) {
    if (typeof source !== 'string') throw invalidArgType('src', 'string', source);
    return native.encodeInto(source, destination);
  }
}

class TextDecoder {
  #decoder; #encoding; #fatal; #ignoreBOM;
  constructor(label = 'utf-8', options = undefined) {
    if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
      throw invalidArgType('options', 'Object', options);
    }
    this.#fatal = !!options?.fatal;
    this.#ignoreBOM = !!options?.ignoreBOM;
    this.#decoder = native.decoder(`${label}`, this.#fatal, this.#ignoreBOM);
    this.#encoding = this.#decoder(true);
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }
  decode(input = undefined, options = undefined) {
    if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
      throw invalidArgType('options', 'Object', options);
    }
    return this.#decoder(false, input, !!options?.stream);
  }
}

for (const C of [TextEncoder, TextDecoder]) {
  Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
  for (const key of Object.getOwnPropertyNames(C.prototype)) {
    if (key !== 'constructor') Object.defineProperty(C.prototype, key, { enumerable: true });
  }
}

Object.assign(exports, { TextEncoder, TextDecoder });
