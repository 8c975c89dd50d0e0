const { Error, TypeError, RangeError, Number, Object, Symbol } = globalThis;
const { nodeError, invalidArgType, outOfRange, validateString, validateFunction, validateObject, validateBoolean } = require('internal/errors');

// Hash

class Hash {
  #state;
  constructor(algorithm, options = undefined, state = undefined) {
    if (state !== undefined) {
      this.#state = state;
      return;
    }
    validateString(algorithm, 'algorithm');
    const length = options?.outputLength;
    if (length !== undefined) size(length, 'options.outputLength');
    this.#state = native.hash(algorithm, length);
  }
  update(data, encoding = undefined) {
    native.update(this.#state, data, encoding);
    return this;
  }
  digest(encoding = undefined) {
    return native.digest(this.#state, encoding, false);
  }
  copy(options = undefined) {
    return new Hash('', options, native.copy(this.#state));
  }
}

class Hmac {
  #state;
  constructor(algorithm, key) {
    validateString(algorithm, 'hmac');
    this.#state = native.hmac(algorithm, secretOf(key));
  }
  update(data, encoding = undefined) {
    native.update(this.#state, data, encoding);
    return this;
  }
  digest(encoding = undefined) {
    return native.digest(this.#state, encoding, true);
  }
}

// secretOf returns what a MAC or a key derivation takes for a key: text, bytes,
// or the bytes of a secret KeyObject.
function secretOf(key, name = 'key') {
  if (typeof key === 'string' || native.isBytes(key)) return key;
  if (key !== null && typeof key === 'object' && native.keyGroupLoaded()) {
    const bytes = require('internal/crypto/keys').secretBytes(key);
    if (bytes !== undefined) return bytes;
  }
  throw invalidArgType(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'KeyObject', 'CryptoKey'], key);
}

function createHash(algorithm, options) { return new Hash(algorithm, options); }
function createHmac(algorithm, key) { return new Hmac(algorithm, key); }
function hash(algorithm, input, outputEncoding = 'hex') {
  validateString(algorithm, 'algorithm');
  return native.oneShot(algorithm, input, outputEncoding);
}
function getHashes() { return [...native.hashNames()]; }

// Random numbers

const maxSize = 2 ** 31 - 1;

function size(value, name, max = maxSize) {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  if (!(value >= 0 && value <= max) || !Number.isInteger(value)) {
    throw nodeError(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be >= 0 && <= ${max}. Received ${value}`);
  }
  return value;
}

// answer calls back from the loop, as the asynchronous functions do.
function answer(callback, ...args) {
  native.later(() => callback(...args));
}

function randomBytes(n, callback = undefined) {
  size(n, 'size');
  if (callback === undefined) return native.randomBytes(n);
  validateFunction(callback, 'callback');
  const bytes = native.randomBytes(n);
  answer(callback, null, bytes);
}

function fillRange(buf, offset, n) {
  if (!native.isBytes(buf)) throw invalidArgType('buf', ['ArrayBuffer', 'ArrayBufferView'], buf);
  const unit = buf.BYTES_PER_ELEMENT ?? 1;
  if (offset === undefined) offset = 0;
  else offset = size(offset, 'offset', buf.byteLength) * unit;
  if (n === undefined) n = buf.byteLength - offset;
  else n = size(n, 'size') * unit;
  if (n + offset > buf.byteLength) throw outOfRange('size + offset', `<= ${buf.byteLength}`, n + offset);
  return [offset, n];
}

function randomFillSync(buf, offset = undefined, n = undefined) {
  const [from, count] = fillRange(buf, offset, n);
  return native.fill(buf, from, count);
}

function randomFill(buf, offset, n, callback) {
  if (typeof offset === 'function') [callback, offset, n] = [offset, undefined, undefined];
  else if (typeof n === 'function') [callback, n] = [n, undefined];
  validateFunction(callback, 'callback');
  randomFillSync(buf, offset, n);
  answer(callback, null, buf);
}

function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') [min, max, callback] = [0, min, max];
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (!Number.isSafeInteger(min)) throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "min" argument must be a safe integer.${native.received(min)}`);
  if (!Number.isSafeInteger(max)) throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "max" argument must be a safe integer.${native.received(max)}`);
  if (max <= min) throw outOfRange('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (!(range <= 2 ** 48 - 1)) throw outOfRange('max - min', `<= ${2 ** 48 - 1}`, range);
  const value = native.below(range) + min;
  if (callback === undefined) return value;
  answer(callback, undefined, value);
}

function randomUUID(options = undefined) {
  if (options !== undefined) {
    validateObject(options, 'options');
    if (options.disableEntropyCache !== undefined) validateBoolean(options.disableEntropyCache, 'options.disableEntropyCache');
  }
  return native.uuid();
}

Object.assign(exports, {
  createHash, createHmac, hash, getHashes, Hash, Hmac,
  randomBytes, randomFill, randomFillSync, randomInt, randomUUID,
  timingSafeEqual: native.timingSafeEqual,
  getFips() { return 0; },
  setFips(value) {
    if (value) throw nodeError(Error, 'ERR_CRYPTO_FIPS_UNAVAILABLE', 'Cannot set FIPS mode in a non-FIPS build.');
  },
  secureHeapUsed() { return { total: 0, min: 0, used: 0, utilization: 0 }; },
});
for (const name of ['pseudoRandomBytes', 'prng', 'rng']) {
  Object.defineProperty(exports, name, { value: randomBytes, configurable: true, writable: true, enumerable: false });
}
