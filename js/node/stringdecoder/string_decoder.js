const { Buffer } = require('buffer');
const { nodeError, invalidArgType } = require('internal/errors');
const { Uint8Array, TypeError, ArrayBuffer } = globalThis;

const names = {
  utf8: 'utf8', 'utf-8': 'utf8', ucs2: 'utf16le', 'ucs-2': 'utf16le', utf16le: 'utf16le', 'utf-16le': 'utf16le',
  latin1: 'latin1', binary: 'latin1', base64: 'base64', base64url: 'base64url', ascii: 'ascii', hex: 'hex',
};
function normalize(encoding) {
  if (!encoding) return 'utf8';
  const known = names[`${encoding}`.toLowerCase()];
  if (known === undefined) throw nodeError(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  return known;
}

// incomplete returns how many bytes at the end begin a character that more
// bytes may complete.
function incomplete(buf, encoding) {
  const n = buf.length;
  switch (encoding) {
    case 'utf8':
      for (let back = 1; back <= 3 && back <= n; back++) {
        const b = buf[n - back];
        if ((b & 0xc0) === 0x80) continue;
        const need = b >= 0xf0 && b <= 0xf4 ? 4 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xc2 && b < 0xe0 ? 2 : 1;
        if (need <= back) return 0;
        return back;
      }
      return 0;
    case 'utf16le': {
      const odd = n % 2;
      const high = n - odd >= 2 && (buf[n - odd - 1] & 0xfc) === 0xd8;
      return odd + (high ? 2 : 0);
    }
    case 'base64':
    case 'base64url':
      return n % 3;
    default:
      return 0;
  }
}

function StringDecoder(encoding) {
  this.encoding = normalize(encoding);
  this.lastChar = Buffer.alloc(4);
  Object.defineProperty(this, 'rest', { value: Buffer.alloc(0), writable: true, enumerable: false });
}
const { Object } = globalThis;

function toBuffer(value) {
  if (value instanceof Buffer) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw invalidArgType('buf', ['Buffer', 'TypedArray', 'DataView'], value);
}

StringDecoder.prototype.write = function write(value) {
  if (typeof value === 'string') return value;
  let buf = toBuffer(value);
  if (this.rest.length > 0) buf = Buffer.concat([this.rest, buf]);
  const keep = incomplete(buf, this.encoding);
  const whole = buf.length - keep;
  this.rest = keep > 0 ? Buffer.from(buf.subarray(whole)) : empty;
  return buf.toString(this.encoding, 0, whole);
};
const empty = Buffer.alloc(0);

StringDecoder.prototype.end = function end(value) {
  let text = value !== undefined ? this.write(value) : '';
  if (this.rest.length > 0) {
    // A lone high surrogate is decoded, an odd last byte is not.
    text += this.encoding === 'utf8' ? '\ufffd' : this.rest.toString(this.encoding);
    this.rest = empty;
  }
  return text;
};
StringDecoder.prototype.text = function text(buf, offset) {
  this.rest = empty;
  return this.write(buf.slice(offset));
};
Object.defineProperties(StringDecoder.prototype, {
  lastNeed: {
    configurable: true, enumerable: true,
    get() {
      const b = this.rest[0];
      if (this.rest.length === 0) return 0;
      if (this.encoding === 'utf8') return (b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2) - this.rest.length;
      if (this.encoding === 'utf16le') return this.rest.length >= 2 ? 4 - this.rest.length : 1;
      return 3 - this.rest.length;
    },
  },
  lastTotal: {
    configurable: true, enumerable: true,
    get() { return this.rest.length + this.lastNeed; },
  },
});
exports.StringDecoder = StringDecoder;
