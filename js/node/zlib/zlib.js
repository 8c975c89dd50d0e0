const { Object, Number } = globalThis;
const { settings, create, tooLarge, isDecoder, isBrotli, modes } = require('internal/zlib/settings');
const { invalidArgType, validateFunction } = require('internal/errors');
const { Buffer } = require('buffer');

const { DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP, BROTLI_DECODE, BROTLI_ENCODE } = modes;

// SLICE is how much input is worked on between two looks at the world.
const SLICE = 262144;

// process runs all of the input through a stream of its own.
function process(mode, input, options) {
  const s = settings(mode, options);
  if (typeof input === 'string') input = Buffer.from(input);
  else if (native.isBytes(input)) input = native.view(input);
  else throw invalidArgType('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], input);
  const limit = s.maxOutputLength < native.limit ? s.maxOutputLength : native.limit;
  const engine = create(s);
  const parts = [];
  let total = 0;
  const drain = () => {
    for (let part; (part = native.pull(engine)) !== undefined;) {
      total += part.length;
      if (total > limit) throw tooLarge(limit);
      parts.push(part);
    }
  };
  const decoding = isDecoder(mode);
  try {
    for (let at = 0; at < input.length; at += SLICE) {
      native.push(engine, input.subarray(at, at + SLICE), 0);
      drain();
    }
    if (decoding) native.end(engine);
    else native.push(engine, undefined, s.finishFlush);
    drain();
  } catch (e) {
    if (!(decoding && e.code === 'Z_BUF_ERROR' && s.finishFlush !== (isBrotli(mode) ? 2 : 4))) throw e;
  } finally {
    native.close(engine);
  }
  const buffer = parts.length === 1 ? parts[0] : Buffer.concat(parts, total);
  return options?.info ? { buffer, engine: { bytesWritten: input.length } } : buffer;
}

const functions = {
  deflate: DEFLATE, inflate: INFLATE, gzip: GZIP, gunzip: GUNZIP, deflateRaw: DEFLATERAW, inflateRaw: INFLATERAW, unzip: UNZIP,
  brotliCompress: BROTLI_ENCODE, brotliDecompress: BROTLI_DECODE,
};
for (const name of Object.keys(functions)) {
  const mode = functions[name];
  exports[`${name}Sync`] = { [`${name}Sync`]: (buffer, options) => process(mode, buffer, options) }[`${name}Sync`];
  exports[name] = { [name]: (buffer, options, callback) => {
    if (typeof options === 'function') [callback, options] = [options, {}];
    validateFunction(callback, 'callback');
    let result;
    let error = null;
    try {
      result = process(mode, buffer, options);
    } catch (e) {
      if (typeof e?.code === 'string' && e.code.startsWith('ERR_') && e.code !== 'ERR_BUFFER_TOO_LARGE' && e.code !== 'ERR__ERROR_FORMAT_PADDING_1') throw e;
      error = e;
    }
    native.later(() => (error ? callback(error) : callback(null, result)));
  } }[name];
}

// The stream classes need the stream module, so they are loaded at first use.
const classes = {
  Deflate: DEFLATE, Inflate: INFLATE, Gzip: GZIP, Gunzip: GUNZIP, DeflateRaw: DEFLATERAW, InflateRaw: INFLATERAW, Unzip: UNZIP,
  BrotliCompress: BROTLI_ENCODE, BrotliDecompress: BROTLI_DECODE,
};
for (const name of Object.keys(classes)) {
  Object.defineProperty(exports, name, {
    configurable: true,
    enumerable: true,
    get() { return require('internal/zlib/streams')[name]; },
    set(value) { Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true }); },
  });
  exports[`create${name}`] = { [`create${name}`]: (options) => new exports[name](options) }[`create${name}`];
}

exports.crc32 = function crc32(data, value = 0) {
  if (typeof data !== 'string' && !native.isBytes(data)) throw invalidArgType('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  return native.crc32(data, value);
};

// lazy defines a member that is made when it is first read.
function lazy(name, load) {
  const set = (value) => Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true });
  Object.defineProperty(exports, name, { configurable: true, enumerable: true, get() { const value = load(); set(value); return value; }, set });
}
lazy('constants', () => Object.freeze(require('internal/constants').zlib));
lazy('codes', () => {
  const codes = {
    Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6,
  };
  for (const key of Object.keys(codes)) codes[codes[key]] = key;
  return Object.freeze(codes);
});
Object.setPrototypeOf(exports, native.legacy);
