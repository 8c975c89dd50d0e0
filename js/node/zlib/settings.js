// What zlib's functions and its stream classes share: modes and options.
const { Object, RangeError, Number } = globalThis;
const { nodeError, invalidArgType, outOfRange } = require('internal/errors');

const QUALITY = 1, LGWIN = 2; // of constants.BROTLI_PARAM_*

const DEFLATE = 1, INFLATE = 2, GZIP = 3, GUNZIP = 4, DEFLATERAW = 5, INFLATERAW = 6, UNZIP = 7, BROTLI_DECODE = 8, BROTLI_ENCODE = 9;
const isBrotli = (mode) => mode >= BROTLI_DECODE;
const isDecoder = (mode) => mode === INFLATE || mode === GUNZIP || mode === INFLATERAW || mode === UNZIP || mode === BROTLI_DECODE;

function check(options, name, min, max, fallback) {
  const value = options?.[name];
  if (value === undefined || value !== value) return fallback;
  if (typeof value !== 'number') throw invalidArgType(`options.${name}`, 'number', value);
  if (value < min || value > max) {
    throw outOfRange(`options.${name}`, max === Infinity ? `>= ${min}` : `>= ${min} and <= ${max}`, value);
  }
  return value;
}

// settings validates the options of a stream.
function settings(mode, options) {
  const out = {
    mode,
    chunkSize: check(options, 'chunkSize', 64, Infinity, 16384),
    maxOutputLength: check(options, 'maxOutputLength', 1, 4294967296, 4294967296),
    flush: check(options, 'flush', 0, isBrotli(mode) ? 3 : 5, 0),
    finishFlush: check(options, 'finishFlush', 0, isBrotli(mode) ? 3 : 5, isBrotli(mode) ? 2 : 4),
    level: -1,
    strategy: 0,
    window: 0,
  };
  if (isBrotli(mode)) {
    out.level = 11;
    const params = options?.params ?? {};
    for (const key of Object.keys(params)) {
      const id = Number(key);
      if (!(id >= 0 && id <= 9)) throw nodeError(RangeError, 'ERR_BROTLI_INVALID_PARAM', `${key} is not a valid Brotli parameter`);
      const value = params[key];
      if (typeof value !== 'number' && typeof value !== 'boolean') throw invalidArgType('options.params[key]', 'number', value);
      if (id === QUALITY && mode === BROTLI_ENCODE) out.level = value < 0 ? 0 : value > 11 ? 11 : Number(value);
      if (id === LGWIN && mode === BROTLI_ENCODE) out.window = value < 10 ? 10 : value > 24 ? 24 : Number(value);
    }
    return out;
  }
  const windowBits = options?.windowBits;
  if (!(windowBits === 0 && isDecoder(mode))) check(options, 'windowBits', mode === GZIP || mode === GUNZIP ? 9 : 8, 15, 15);
  out.level = check(options, 'level', -1, 9, -1);
  check(options, 'memLevel', 1, 9, 8);
  out.strategy = check(options, 'strategy', 0, 4, 0);
  const { dictionary } = options ?? {};
  if (dictionary !== undefined) {
    if (!native.isBytes(dictionary)) throw invalidArgType('options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], dictionary);
    out.dictionary = dictionary;
  }
  return out;
}

function create(s) { return native.create(s.mode, s.level, s.strategy, s.window, s.dictionary); }

function tooLarge(limit) {
  return nodeError(RangeError, 'ERR_BUFFER_TOO_LARGE', `Cannot create a Buffer larger than ${limit} bytes`);
}


Object.assign(exports, {
  settings, create, tooLarge, isDecoder, isBrotli,
  modes: { DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP, BROTLI_DECODE, BROTLI_ENCODE },
});
