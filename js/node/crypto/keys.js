// Keys, signatures, RSA encryption and key agreement.
const { Object, Error, TypeError, Symbol, JSON } = globalThis;
const { nodeError, invalidArgType, invalidArgValue, validateString, validateFunction, validateObject, outOfRange } = require('internal/errors');
const { unsupported } = require('internal/absent');
const { Buffer } = require('buffer');

let handleOf, wrap;

class KeyObject {
  #handle; #info;
  constructor(type, handle) {
    if (type !== 'secret' && type !== 'public' && type !== 'private') throw invalidArgValue('type', type);
    if (handle === null || typeof handle !== 'object') throw invalidArgType('handle', 'object', handle);
    this.#handle = handle;
    this.#info = native.keyInfo(handle);
  }
  static from(key) {
    const inner = key?.[CRYPTO_KEY];
    if (inner === undefined) throw invalidArgType('key', 'CryptoKey', key);
    return inner;
  }
  get type() { return this.#info[0]; }
  get asymmetricKeyType() { return this.#info[0] === 'secret' ? undefined : this.#info[1]; }
  get asymmetricKeyDetails() { return this.#info[0] === 'secret' ? undefined : { ...this.#info[2] }; }
  get symmetricKeySize() { return this.#info[0] === 'secret' ? this.#info[3] : undefined; }
  get [Symbol.toStringTag]() { return 'KeyObject'; }
  export(options = undefined) {
    const format = options?.format;
    if (format === 'jwk') return native.exportKey(this.#handle, 'jwk');
    if (this.type === 'secret') {
      if (format !== undefined && format !== 'buffer') throw invalidArgValue('options.format', format);
      return native.secretOf(this.#handle);
    }
    validateObject(options, 'options');
    if (format !== 'pem' && format !== 'der') throw invalidArgValue('options.format', format);
    const { type, cipher, passphrase } = options;
    const allowed = this.type === 'public' ? ['spki', 'pkcs1'] : ['pkcs8', 'pkcs1', 'sec1'];
    if (!allowed.includes(type)) throw invalidArgValue('options.type', type);
    if (cipher !== undefined && passphrase === undefined) throw invalidArgValue('options.passphrase', passphrase);
    return native.exportKey(this.#handle, format, type, cipher, passphrase);
  }
  equals(other) {
    if (!(other instanceof KeyObject)) throw invalidArgType('otherKeyObject', 'KeyObject', other);
    return native.keyEquals(this.#handle, other.#handle);
  }
  toCryptoKey(algorithm, extractable, usages) {
    return require('internal/crypto/webcrypto').fromKeyObject(this, algorithm, extractable, usages);
  }
  static {
    handleOf = (key) => key.#handle;
    wrap = (handle) => new KeyObject(native.keyInfo(handle)[0], handle);
  }
}

const isBytes = (value) => native.isBytes(value);
const bytes = (value, encoding) => (typeof value === 'string' ? Buffer.from(value, encoding) : value);

// secretBytes is for those who take secrets as bytes, text or keys.
function secretBytes(key) {
  if (key instanceof KeyObject) {
    if (key.type !== 'secret') throw nodeError(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', `Invalid key object type ${key.type}, expected secret.`);
    return native.secretOf(handleOf(key));
  }
  const inner = key[CRYPTO_KEY];
  return inner instanceof KeyObject ? secretBytes(inner) : undefined;
}
const CRYPTO_KEY = Symbol('CryptoKey');

// parse makes a handle of whatever stands for an asymmetric key.
function parse(input, isPublic, create = false) {
  const name = 'key';
  let inner = input;
  if (inner !== null && typeof inner === 'object' && !isBytes(inner) && !(inner instanceof KeyObject) && inner[CRYPTO_KEY] === undefined) {
    inner = inner.key;
    if (inner === undefined && input.kty !== undefined) inner = input;
  }
  if (inner !== null && typeof inner === 'object' && inner[CRYPTO_KEY] !== undefined) inner = inner[CRYPTO_KEY];
  if (inner instanceof KeyObject) {
    if (inner.type === 'secret' || (!isPublic && inner.type !== 'private')) {
      throw nodeError(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', `Invalid key object type ${inner.type}, expected ${isPublic ? 'private or public' : 'private'}.`);
    }
    return isPublic && inner.type === 'private' ? native.toPublic(handleOf(inner)) : handleOf(inner);
  }
  const format = input?.format ?? 'pem';
  if (format === 'jwk') {
    validateObject(inner, `${name}.key`);
    return native.parseKey(JSON.stringify(inner), 'jwk', undefined, isPublic);
  }
  if (typeof inner !== 'string' && !isBytes(inner)) {
    throw invalidArgType(name === 'key' && input !== null && typeof input === 'object' && !isBytes(input) ? 'key.key' : name,
      ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', ...(create && !isPublic ? [] : ['KeyObject', 'CryptoKey'])], inner);
  }
  if (format !== 'pem' && format !== 'der') throw invalidArgValue('options.format', format);
  return native.parseKey(bytes(inner, input?.encoding), format, input?.type ?? (isPublic ? 'spki' : 'pkcs8'), isPublic, input?.passphrase);
}

function createSecretKey(key, encoding = undefined) {
  if (typeof key !== 'string' && !isBytes(key)) throw invalidArgType('key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], key);
  return wrap(native.secretKey(bytes(key, encoding)));
}
function createPrivateKey(key) { return wrap(parse(key, false, true)); }
function createPublicKey(key) { return wrap(parse(key, true, true)); }

// Signatures

function options(key, isPSS) {
  const padding = key?.padding ?? (isPSS ? 6 : 1);
  const encoding = key?.dsaEncoding ?? 'der';
  if (encoding !== 'der' && encoding !== 'ieee-p1363') throw invalidArgValue('options.dsaEncoding', encoding);
  return [padding, key?.saltLength ?? -2, encoding === 'ieee-p1363'];
}

function sign(algorithm, data, key, callback = undefined) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (!isBytes(data)) throw invalidArgType('data', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], data);
  return settle(() => native.sign(parse(key, false), algorithm ?? undefined, data, ...options(key)), callback);
}
function verify(algorithm, data, key, signature, callback = undefined) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (!isBytes(data)) throw invalidArgType('data', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], data);
  if (!isBytes(signature)) throw invalidArgType('signature', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], signature);
  return settle(() => native.verify(parse(key, true), algorithm ?? undefined, data, signature, ...options(key)), callback);
}
function settle(work, callback) {
  if (callback === undefined) return work();
  validateFunction(callback, 'callback');
  let result;
  try {
    result = work();
  } catch (e) {
    native.later(() => callback(e));
    return undefined;
  }
  native.later(() => callback(null, result));
  return undefined;
}

const { Writable } = require('stream');

// Collector gathers the data of a Sign or Verify, which are streams too.
class Collector extends Writable {
  #algorithm; #parts = [];
  constructor(algorithm, options) {
    super(options);
    validateString(algorithm, 'algorithm');
    this.#algorithm = algorithm;
    if (!require('crypto').getHashes().some((name) => name.toLowerCase() === algorithm.toLowerCase()) && !/^sha-?\d/i.test(algorithm)) {
      throw nodeError(Error, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
    }
  }
  update(data, encoding = undefined) {
    if (typeof data !== 'string' && !isBytes(data)) throw invalidArgType('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
    this.#parts.push(typeof data === 'string' ? Buffer.from(data, encoding ?? 'utf8') : Buffer.from(native.view(data)));
    return this;
  }
  _write(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  }
  _take() { return [this.#algorithm, Buffer.concat(this.#parts)]; }
}
class Sign extends Collector {
  sign(key, encoding = undefined) {
    if (!key) throw nodeError(Error, 'ERR_CRYPTO_SIGN_KEY_REQUIRED', 'No key provided to sign');
    const [algorithm, data] = this._take();
    const out = native.sign(parse(key, false), algorithm, data, ...options(key));
    return encoding === undefined || encoding === null || encoding === 'buffer' ? out : out.toString(encoding);
  }
}
class Verify extends Collector {
  verify(key, signature, encoding = undefined) {
    const [algorithm, data] = this._take();
    return native.verify(parse(key, true), algorithm, data, bytes(signature, encoding), ...options(key));
  }
}

// RSA encryption

function rsa(name, isPublic, fallback) {
  return { [name](key, buffer) {
    if (typeof buffer !== 'string' && !isBytes(buffer)) throw invalidArgType('buffer', ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], buffer);
    if (name === 'privateDecrypt' && key?.padding === 1) {
      throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', 'RSA_PKCS1_PADDING is no longer supported for private decryption, this can be reverted with --security-revert=CVE-2023-46809');
    }
    const input = key?.encoding !== undefined ? bytes(buffer, key.encoding) : bytes(buffer);
    return native.rsa(parse(key, isPublic), name, input, key?.padding ?? fallback, key?.oaepHash ?? 'sha1', key?.oaepLabel);
  } }[name];
}

// Key generation

function generateKeySync(type, o) {
  validateString(type, 'type');
  validateObject(o, 'options');
  const { length } = o;
  if (typeof length !== 'number') throw invalidArgType('options.length', 'number', length);
  if (type === 'aes') {
    if (length !== 128 && length !== 192 && length !== 256) throw invalidArgValue('options.length', length, 'must be one of: 128, 192, 256');
  } else if (type === 'hmac') {
    if (length < 8 || length > 2147483647) throw outOfRange('options.length', '>= 8 && <= 2147483647', length);
  } else {
    throw invalidArgValue('type', type, 'must be a supported key type');
  }
  return createSecretKey(require('crypto').randomBytes(length >> 3));
}
function generateKey(type, o, callback) {
  validateFunction(callback, 'callback');
  const key = generateKeySync(type, o);
  native.later(() => callback(null, key));
}

const modern = { ed25519: 'ed25519', x25519: 'x25519', rsa: 'rsa', 'rsa-pss': 'rsa', ec: 'ec' };

function startPair(type, o = {}) {
  validateString(type, 'type');
  if (modern[type] === undefined) throw invalidArgValue('type', type, 'must be a supported key type');
  let curve = '';
  let bits = 0;
  if (modern[type] === 'rsa') {
    validateObject(o, 'options');
    bits = o.modulusLength;
    if (typeof bits !== 'number') throw invalidArgType('options.modulusLength', 'number', bits);
    if (bits < 512 || bits > 4096) throw outOfRange('options.modulusLength', '>= 512 && <= 4096', bits);
    if (o.publicExponent !== undefined && o.publicExponent !== 65537) throw invalidArgValue('options.publicExponent', o.publicExponent);
  } else if (type === 'ec') {
    validateObject(o, 'options');
    curve = o.namedCurve;
    validateString(curve, 'options.namedCurve');
    if (!getCurves().includes(curve) && !/^(P-(224|256|384|521)|secp256r1)$/.test(curve)) throw nodeError(TypeError, 'ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name');
  }
  return native.startPair(modern[type], curve, bits);
}
function encoded(pair, o = {}) {
  const [publicKey, privateKey] = [wrap(pair[0]), wrap(pair[1])];
  return {
    publicKey: o.publicKeyEncoding === undefined ? publicKey : publicKey.export(o.publicKeyEncoding),
    privateKey: o.privateKeyEncoding === undefined ? privateKey : privateKey.export(o.privateKeyEncoding),
  };
}
function generateKeyPairSync(type, o = undefined) {
  const job = startPair(type, o);
  for (;;) {
    const pair = native.pair(job);
    if (pair !== undefined) return encoded(pair, o);
  }
}
function generateKeyPair(type, o, callback) {
  if (typeof o === 'function') [callback, o] = [o, undefined];
  validateFunction(callback, 'callback');
  const job = startPair(type, o);
  native.whenPair(job, () => {
    let result;
    try {
      result = encoded(native.pair(job), o);
    } catch (e) {
      callback(e);
      return;
    }
    callback(null, result.publicKey, result.privateKey);
  });
}
// Key agreement

function diffieHellman(o) {
  validateObject(o, 'options');
  const { privateKey, publicKey } = o;
  if (!(privateKey instanceof KeyObject)) throw invalidArgValue('options.privateKey', privateKey);
  if (!(publicKey instanceof KeyObject)) throw invalidArgValue('options.publicKey', publicKey);
  if (privateKey.type !== 'private') throw nodeError(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', `Invalid key object type ${privateKey.type}, expected private.`);
  return native.agree(handleOf(privateKey), handleOf(publicKey));
}

class ECDH {
  #curve; #private; #public;
  constructor(curve) {
    validateString(curve, 'curve');
    native.ecdh(curve, undefined);
    this.#curve = curve;
  }
  #output(value, encoding) { return encoding === undefined || encoding === 'buffer' ? value : value.toString(encoding); }
  generateKeys(encoding = undefined, format = 'uncompressed') {
    [this.#private, this.#public] = native.ecdh(this.#curve, undefined);
    return this.getPublicKey(encoding, format);
  }
  setPrivateKey(key, encoding = undefined) {
    [this.#private, this.#public] = native.ecdh(this.#curve, bytes(key, encoding));
  }
  getPrivateKey(encoding = undefined) { return this.#output(Buffer.from(this.#need()), encoding); }
  getPublicKey(encoding = undefined, format = 'uncompressed') {
    this.#need();
    let key = Buffer.from(this.#public);
    const size = (key.length - 1) / 2;
    if (format === 'compressed') key = Buffer.concat([Buffer.from([2 + (key[key.length - 1] & 1)]), key.subarray(1, 1 + size)]);
    else if (format === 'hybrid') key[0] = 6 + (key[key.length - 1] & 1);
    else if (format !== 'uncompressed') throw nodeError(TypeError, 'ERR_CRYPTO_ECDH_INVALID_FORMAT', `Invalid ECDH format: ${format}`);
    return this.#output(key, encoding);
  }
  #need() {
    if (this.#private === undefined) throw nodeError(Error, 'ERR_CRYPTO_ECDH_INVALID_KEY', 'Failed to get ECDH private key');
    return this.#private;
  }
  computeSecret(key, inputEncoding = undefined, outputEncoding = undefined) {
    return this.#output(native.point(this.#curve, this.#need(), bytes(key, inputEncoding)), outputEncoding);
  }
}

function getCurves() { return ['prime256v1', 'secp224r1', 'secp384r1', 'secp521r1']; }

const absent = {};
for (const name of ['createDiffieHellman', 'createDiffieHellmanGroup', 'getDiffieHellman', 'generatePrime', 'generatePrimeSync', 'checkPrime', 'checkPrimeSync', 'setEngine']) {
  absent[name] = { [name]() { throw unsupported(`crypto.${name}`, 'use createECDH or diffieHellman with X25519 keys'); } }[name];
}
for (const name of ['X509Certificate', 'DiffieHellman', 'DiffieHellmanGroup', 'Certificate']) {
  absent[name] = { [name]: class { constructor() { throw unsupported(`crypto.${name}`, 'it is not implemented'); } } }[name];
}

Object.assign(exports, absent, {
  KeyObject, Sign, Verify, ECDH, createSecretKey, createPrivateKey, createPublicKey, sign, verify, secretBytes, getCurves,
  createSign(algorithm, o) { return new Sign(algorithm, o); },
  createVerify(algorithm, o) { return new Verify(algorithm, o); },
  createECDH(curve) { return new ECDH(curve); },
  publicEncrypt: rsa('publicEncrypt', true, 4), privateDecrypt: rsa('privateDecrypt', false, 4),
  privateEncrypt: rsa('privateEncrypt', false, 1), publicDecrypt: rsa('publicDecrypt', true, 1),
  generateKey, generateKeySync, generateKeyPair, generateKeyPairSync, diffieHellman, CRYPTO_KEY,
});
