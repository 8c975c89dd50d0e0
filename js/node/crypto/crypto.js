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
  if (key !== null && typeof key === 'object') {
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

// Key derivation: jobs that run in slices.

function finish(job) {
  for (;;) {
    const key = native.step(job);
    if (key !== undefined) return key;
  }
}
function finishLater(job, callback) {
  const key = native.step(job);
  if (key !== undefined) answer(callback, null, key);
  else native.later(() => finishLater(job, callback));
}

function secret(value, name) {
  if (typeof value === 'string' || native.isBytes(value)) return value;
  throw invalidArgType(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
}
function integer(value, name, min, max) {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  return value;
}

function pbkdf2Job(password, salt, iterations, keylen, digest) {
  validateString(digest, 'digest');
  secret(password, 'password');
  secret(salt, 'salt');
  integer(iterations, 'iterations', 1, maxSize);
  integer(keylen, 'keylen', 0, maxSize);
  return native.pbkdf2(password, salt, iterations, keylen, digest);
}
function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  return finish(pbkdf2Job(password, salt, iterations, keylen, digest));
}
function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === 'function') [callback, digest] = [digest, undefined];
  const job = pbkdf2Job(password, salt, iterations, keylen, digest);
  validateFunction(callback, 'callback');
  finishLater(job, callback);
}

function scryptJob(password, salt, keylen, options) {
  secret(password, 'password');
  secret(salt, 'salt');
  integer(keylen, 'keylen', 0, maxSize);
  const cost = (a, b, fallback) => {
    const value = options?.[a] ?? options?.[b] ?? fallback;
    return integer(value, a, 0, 4294967295);
  };
  const maxmem = options?.maxmem ?? 33554432;
  integer(maxmem, 'maxmem', 0, Number.MAX_SAFE_INTEGER);
  return native.scrypt(password, salt, keylen, cost('N', 'cost', 16384), cost('r', 'blockSize', 8), cost('p', 'parallelization', 1), maxmem);
}
function scryptSync(password, salt, keylen, options = undefined) {
  return finish(scryptJob(password, salt, keylen, options));
}
function scrypt(password, salt, keylen, options, callback) {
  if (typeof options === 'function') [callback, options] = [options, undefined];
  const job = scryptJob(password, salt, keylen, options);
  validateFunction(callback, 'callback');
  finishLater(job, callback);
}

function hkdfSync(digest, ikm, salt, info, keylen) {
  validateString(digest, 'digest');
  const key = secretOf(ikm, 'ikm');
  secret(salt, 'salt');
  secret(info, 'info');
  integer(keylen, 'length', 0, maxSize);
  if (require('buffer').Buffer.byteLength(info) > 1024) {
    throw nodeError(RangeError, 'ERR_OUT_OF_RANGE', `The value of "info" is out of range. It must be must not contain more than 1024 bytes. Received ${require('buffer').Buffer.byteLength(info)}`);
  }
  return native.hkdf(digest, key, salt, info, keylen);
}
function hkdf(digest, ikm, salt, info, keylen, callback) {
  validateFunction(callback, 'callback');
  const key = hkdfSync(digest, ikm, salt, info, keylen);
  answer(callback, null, key);
}

// Ciphers

class CipherBase {
  #state; #decoder; #encoding;
  constructor(name, key, iv, options, encrypt) {
    validateString(name, 'cipher');
    const bytes = secretOf(key);
    if (iv !== null && typeof iv !== 'string' && !native.isBytes(iv)) {
      throw invalidArgType('iv', ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], iv);
    }
    this.#state = native.cipher(name, bytes, iv, encrypt, options?.authTagLength);
  }
  // Text comes out in whole characters, whatever the chunks are.
  #text(bytes, encoding, last) {
    if (encoding === undefined || encoding === null || encoding === 'buffer') return bytes;
    if (this.#decoder === undefined) {
      const { StringDecoder } = require('string_decoder');
      this.#decoder = new StringDecoder(encoding);
      this.#encoding = encoding;
    }
    return last ? this.#decoder.end(bytes) : this.#decoder.write(bytes);
  }
  update(data, inputEncoding = undefined, outputEncoding = undefined) {
    return this.#text(native.cipherUpdate(this.#state, data, inputEncoding), outputEncoding, false);
  }
  final(outputEncoding = undefined) {
    return this.#text(native.cipherFinal(this.#state), outputEncoding, true);
  }
  setAutoPadding(on = true) { native.cipherPadding(this.#state, on); return this; }
  setAAD(data, options = undefined) { native.cipherAAD(this.#state, data, options?.encoding); return this; }
  getAuthTag() {
    const tag = native.cipherTag(this.#state, undefined);
    if (tag === null) throw nodeError(Error, 'ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation getAuthTag');
    return tag;
  }
  setAuthTag(tag, encoding = undefined) {
    native.cipherTag(this.#state, typeof tag === 'string' ? require('buffer').Buffer.from(tag, encoding) : tag);
    return this;
  }
}
class Cipheriv extends CipherBase {
  constructor(name, key, iv, options = undefined) { super(name, key, iv, options, true); }
}
class Decipheriv extends CipherBase {
  constructor(name, key, iv, options = undefined) { super(name, key, iv, options, false); }
}
function getCipherInfo(name, options = undefined) {
  if (typeof name !== 'string' && typeof name !== 'number') throw invalidArgType('nameOrNid', ['string', 'number'], name);
  const info = native.cipherInfo(`${name}`);
  if (info === undefined) return undefined;
  if (options?.keyLength !== undefined && options.keyLength !== info.keyLength) return undefined;
  if (options?.ivLength !== undefined) {
    if (info.mode !== 'gcm' && options.ivLength !== info.ivLength) return undefined;
    info.ivLength = options.ivLength;
  }
  return info;
}

Object.assign(exports, {
  createHash, createHmac, hash, getHashes, Hash, Hmac,
  pbkdf2, pbkdf2Sync, scrypt, scryptSync, hkdf, hkdfSync,
  createCipheriv(name, key, iv, options) { return new Cipheriv(name, key, iv, options); },
  createDecipheriv(name, key, iv, options) { return new Decipheriv(name, key, iv, options); },
  Cipheriv, Decipheriv, getCipherInfo,
  getCiphers() { return native.cipherNames().sort(); },
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

// Hashes and ciphers are streams too, once somebody uses them so.

function becomeStream(C, transform, flush) {
  const { Transform } = require('stream');
  const { prototype } = C;
  Object.setPrototypeOf(prototype, Transform.prototype);
  const started = new globalThis.WeakSet();
  const start = (self) => {
    if (started.has(self)) return;
    started.add(self);
    Transform.call(self);
  };
  for (const name of ['_readableState', '_writableState']) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get() { start(this); return Object.getOwnPropertyDescriptor(this, name)?.value; },
      set(value) { Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true }); },
    });
  }
  for (const name of ['on', 'once', 'addListener', 'prependListener', 'pipe', 'write', 'end', 'read', 'resume', 'pause', 'setEncoding', 'destroy', 'cork']) {
    const method = Transform.prototype[name];
    Object.defineProperty(prototype, name, { configurable: true, writable: true, value(...args) { start(this); return method.apply(this, args); } });
  }
  prototype._transform = function _transform(chunk, encoding, callback) {
    try {
      transform(this, chunk, encoding);
    } catch (e) {
      callback(e);
      return;
    }
    callback();
  };
  prototype._flush = function _flush(callback) {
    try {
      this.push(flush(this));
    } catch (e) {
      callback(e);
      return;
    }
    callback();
  };
  return prototype;
}
const feed = (hash, chunk, encoding) => hash.update(chunk, encoding);
native.streamable(Hash.prototype, () => becomeStream(Hash, feed, (hash) => hash.digest()));
native.streamable(Hmac.prototype, () => becomeStream(Hmac, feed, (hash) => hash.digest()));
native.streamable(CipherBase.prototype, () => becomeStream(CipherBase, (c, chunk, encoding) => { c.push(c.update(chunk, encoding)); }, (c) => c.final()));

// Keys, signatures, key agreement and Web Crypto are loaded at their first use.

const keys = () => require('internal/crypto/keys');
for (const name of ['createSecretKey', 'createPublicKey', 'createPrivateKey', 'createSign', 'createVerify', 'sign', 'verify', 'generateKey', 'generateKeySync',
  'generateKeyPair', 'generateKeyPairSync', 'publicEncrypt', 'privateDecrypt', 'privateEncrypt', 'publicDecrypt', 'createECDH', 'diffieHellman', 'getCurves',
  'createDiffieHellman', 'createDiffieHellmanGroup', 'getDiffieHellman', 'generatePrime', 'generatePrimeSync', 'checkPrime', 'checkPrimeSync', 'setEngine']) {
  exports[name] = { [name]: (...args) => keys()[name](...args) }[name];
}
Object.defineProperty(exports.generateKeyPair, Symbol.for('nodejs.util.promisify.custom'), {
  value: (type, o) => new globalThis.Promise((resolve, reject) => {
    exports.generateKeyPair(type, o, (e, publicKey, privateKey) => (e ? reject(e) : resolve({ publicKey, privateKey })));
  }),
});
function lazy(name, load, enumerable = true) {
  const set = (value) => Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable });
  Object.defineProperty(exports, name, { configurable: true, enumerable, get() { const value = load(); set(value); return value; }, set });
}
for (const name of ['KeyObject', 'Sign', 'Verify', 'ECDH', 'X509Certificate', 'DiffieHellman', 'DiffieHellmanGroup', 'Certificate']) lazy(name, () => keys()[name]);
lazy('constants', () => require('internal/constants').crypto);
lazy('webcrypto', () => require('internal/crypto/webcrypto').webcrypto);
lazy('subtle', () => require('internal/crypto/webcrypto').webcrypto.subtle);
exports.getRandomValues = function getRandomValues(array) { return require('internal/crypto/webcrypto').webcrypto.getRandomValues(array); };
