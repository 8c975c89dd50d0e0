// The Web Cryptography API over the functions of node:crypto.
const { Object, Symbol, TypeError, Array, ArrayBuffer, Uint8Array, Set, JSON, Math } = globalThis;
const crypto = require('crypto');
const keys = require('internal/crypto/keys');
const { CRYPTO_KEY } = keys;
const { DOMException } = require('internal/dom');
const { nodeError, invalidArgType } = require('internal/errors');
const { Buffer } = require('buffer');

const refuse = (message, name) => { throw new DOMException(message, name); };
const unsupported = () => refuse('Unrecognized algorithm name', 'NotSupportedError');

const HASHES = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const SIZES = { 'SHA-1': 160, 'SHA-256': 256, 'SHA-384': 384, 'SHA-512': 512 };
const BLOCKS = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };
const NAMES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'HMAC', 'AES-CBC', 'AES-CTR', 'AES-GCM', 'AES-KW', 'RSASSA-PKCS1-v1_5', 'RSA-PSS', 'RSA-OAEP',
  'ECDSA', 'ECDH', 'Ed25519', 'X25519', 'PBKDF2', 'HKDF'];

// normal turns an algorithm, a name or an object, into an object with the exact name.
function normal(algorithm) {
  const o = typeof algorithm === 'string' ? { name: algorithm } : algorithm;
  if (o === null || typeof o !== 'object' || o.name === undefined) throw new TypeError('Algorithm: name: Missing or not a string');
  const name = NAMES.find((n) => n.toLowerCase() === `${o.name}`.toLowerCase());
  if (name === undefined) unsupported();
  return { ...o, name };
}
function hashOf(hash) {
  const { name } = normal(hash ?? '');
  if (HASHES[name] === undefined) unsupported();
  return name;
}
function view(data, what = 'data') {
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  throw new TypeError(`${what} must be a BufferSource`);
}
const arrayBuffer = (buffer) => new Uint8Array(buffer).buffer;

let make;

class CryptoKey {
  #key; #algorithm; #extractable; #usages;
  constructor(secret) {
    if (secret !== CRYPTO_KEY) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  get type() { return this.#key.type; }
  get extractable() { return this.#extractable; }
  get algorithm() { return this.#algorithm; }
  get usages() { return [...this.#usages]; }
  get [CRYPTO_KEY]() { return this.#key; }
  static {
    make = (key, algorithm, extractable, usages) => {
      const out = new CryptoKey(CRYPTO_KEY);
      out.#key = key;
      out.#algorithm = algorithm;
      out.#extractable = key.type === 'public' ? true : !!extractable;
      out.#usages = [...new Set(usages)];
      return out;
    };
  }
}
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { value: 'CryptoKey', configurable: true });

// USAGES are what the keys of an algorithm may do: [secret or private, public].
const USAGES = {
  HMAC: [['sign', 'verify']], 'AES-CBC': [['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']], 'AES-CTR': [['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']],
  'AES-GCM': [['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']], 'AES-KW': [['wrapKey', 'unwrapKey']],
  'RSASSA-PKCS1-v1_5': [['sign'], ['verify']], 'RSA-PSS': [['sign'], ['verify']], ECDSA: [['sign'], ['verify']], Ed25519: [['sign'], ['verify']],
  'RSA-OAEP': [['decrypt', 'unwrapKey'], ['encrypt', 'wrapKey']], ECDH: [['deriveKey', 'deriveBits'], []], X25519: [['deriveKey', 'deriveBits'], []],
  PBKDF2: [['deriveKey', 'deriveBits']], HKDF: [['deriveKey', 'deriveBits']],
};
function checkUsages(name, type, usages) {
  const allowed = USAGES[name][type === 'public' ? 1 : 0] ?? [];
  for (const usage of usages) {
    if (!allowed.includes(usage)) refuse(`Unsupported key usage for a ${name} key`, 'SyntaxError');
  }
  if (usages.length === 0 && type !== 'public') refuse('Usages cannot be empty when importing a private key.', 'SyntaxError');
}

function need(key, name, usage) {
  if (!(key instanceof CryptoKey)) throw invalidArgType('key', 'CryptoKey', key);
  if (key.algorithm.name !== name) refuse('Key algorithm mismatch', 'InvalidAccessError');
  if (!key.usages.includes(usage)) refuse(`Unable to use this key to ${usage}`, 'InvalidAccessError');
  return key[CRYPTO_KEY];
}

const CURVES = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };
const isRSA = (name) => name.startsWith('RSA');

// describe makes the algorithm member of an asymmetric key.
function describe(a, key) {
  if (isRSA(a.name)) {
    const { modulusLength, publicExponent } = key.asymmetricKeyDetails;
    let hex = publicExponent.toString(16);
    if (hex.length % 2) hex = `0${hex}`;
    return { name: a.name, modulusLength, publicExponent: new Uint8Array(Buffer.from(hex, 'hex')), hash: { name: hashOf(a.hash) } };
  }
  if (a.name === 'ECDSA' || a.name === 'ECDH') return { name: a.name, namedCurve: a.namedCurve };
  return { name: a.name };
}

function importAsymmetric(format, data, a, extractable, usages) {
  let key;
  try {
    if (format === 'spki') key = crypto.createPublicKey({ key: view(data, 'keyData'), format: 'der', type: 'spki' });
    else if (format === 'pkcs8') key = crypto.createPrivateKey({ key: view(data, 'keyData'), format: 'der', type: 'pkcs8' });
    else if (format === 'jwk') key = data.d === undefined ? crypto.createPublicKey({ key: data, format: 'jwk' }) : crypto.createPrivateKey({ key: data, format: 'jwk' });
    else if (format === 'raw' && (a.name === 'ECDSA' || a.name === 'ECDH')) {
      const b = view(data, 'keyData');
      const size = (b.length - 1) / 2;
      key = crypto.createPublicKey({ key: { kty: 'EC', crv: a.namedCurve, x: b.subarray(1, 1 + size).toString('base64url'), y: b.subarray(1 + size).toString('base64url') }, format: 'jwk' });
    } else if (format === 'raw' && (a.name === 'Ed25519' || a.name === 'X25519')) {
      key = crypto.createPublicKey({ key: { kty: 'OKP', crv: a.name, x: view(data, 'keyData').toString('base64url') }, format: 'jwk' });
    } else {
      refuse(`Unable to import ${a.name} using ${format} format`, 'NotSupportedError');
    }
  } catch (e) {
    if (e instanceof DOMException) throw e;
    refuse('Invalid keyData', 'DataError');
  }
  const type = key.asymmetricKeyType;
  const wanted = isRSA(a.name) ? 'rsa' : a.name === 'ECDSA' || a.name === 'ECDH' ? 'ec' : a.name.toLowerCase();
  if (type !== wanted) refuse('Invalid key type', 'DataError');
  if (wanted === 'ec' && key.asymmetricKeyDetails.namedCurve !== CURVES[a.namedCurve]) refuse('Named curve mismatch', 'DataError');
  checkUsages(a.name, key.type, usages);
  return make(key, describe(a, key), extractable, usages);
}

function importSecret(format, data, a, extractable, usages) {
  let bytes;
  if (format === 'raw') bytes = Buffer.from(view(data, 'keyData'));
  else if (format === 'jwk') {
    if (data?.kty !== 'oct') refuse('Invalid JWK "kty" Parameter', 'DataError');
    bytes = Buffer.from(data.k, 'base64url');
  } else refuse(`Unable to import ${a.name} key with format ${format}`, 'NotSupportedError');
  checkUsages(a.name, 'secret', usages);
  const bits = bytes.length * 8;
  let algorithm = { name: a.name };
  if (a.name.startsWith('AES')) {
    if (bits !== 128 && bits !== 192 && bits !== 256) refuse('Invalid key length', 'DataError');
    algorithm.length = bits;
  } else if (a.name === 'HMAC') {
    if (bits === 0) refuse('Zero-length key is not supported', 'DataError');
    algorithm = { name: 'HMAC', hash: { name: hashOf(a.hash) }, length: a.length ?? bits };
  } else if (extractable) {
    refuse(`${a.name} keys are not extractable`, 'SyntaxError');
  }
  return make(crypto.createSecretKey(bytes), algorithm, extractable, usages);
}
const isSecret = (name) => name === 'HMAC' || name === 'PBKDF2' || name === 'HKDF' || name.startsWith('AES');

function aes(a, key, data, encrypt) {
  const bits = key.algorithm.length;
  const secret = key[CRYPTO_KEY].export();
  const make = encrypt ? crypto.createCipheriv : crypto.createDecipheriv;
  try {
    switch (a.name) {
      case 'AES-CBC': {
        const c = make(`aes-${bits}-cbc`, secret, view(a.iv, 'algorithm.iv'));
        return Buffer.concat([c.update(data), c.final()]);
      }
      case 'AES-CTR': {
        const c = make(`aes-${bits}-ctr`, secret, view(a.counter, 'algorithm.counter'));
        return Buffer.concat([c.update(data), c.final()]);
      }
      default: {
        const size = (a.tagLength ?? 128) / 8;
        if (![4, 8, 12, 13, 14, 15, 16].includes(size)) refuse(`${a.tagLength} is not a valid AES-GCM tag length`, 'OperationError');
        const c = make(`aes-${bits}-gcm`, secret, view(a.iv, 'algorithm.iv'), { authTagLength: size });
        if (a.additionalData !== undefined) c.setAAD(view(a.additionalData));
        if (encrypt) return Buffer.concat([c.update(data), c.final(), c.getAuthTag()]);
        if (data.length < size) refuse('The provided data is too small.', 'OperationError');
        c.setAuthTag(data.subarray(data.length - size));
        return Buffer.concat([c.update(data.subarray(0, data.length - size)), c.final()]);
      }
    }
  } catch (e) {
    if (e instanceof DOMException || e instanceof TypeError) throw e;
    return refuse('The operation failed for an operation-specific reason', 'OperationError');
  }
}

function wrapAES(key, data, encrypt) {
  // AES Key Wrap (RFC 3394).
  const secret = key[CRYPTO_KEY].export();
  const name = `aes-${key.algorithm.length}-ecb`;
  const block = (b) => {
    const c = (encrypt ? crypto.createCipheriv : crypto.createDecipheriv)(name, secret, null).setAutoPadding(false);
    return Buffer.concat([c.update(b), c.final()]);
  };
  if (data.length % 8 !== 0 || data.length < (encrypt ? 16 : 24)) refuse('The operation failed for an operation-specific reason', 'OperationError');
  let a = encrypt ? Buffer.alloc(8, 0xa6) : Buffer.from(data.subarray(0, 8));
  const r = [];
  for (let i = encrypt ? 0 : 8; i < data.length; i += 8) r.push(Buffer.from(data.subarray(i, i + 8)));
  const n = r.length;
  for (let k = 0; k < 6 * n; k++) {
    const t = encrypt ? k + 1 : 6 * n - k;
    const i = encrypt ? k % n : n - 1 - (k % n);
    if (!encrypt) a.writeUInt32BE((a.readUInt32BE(4) ^ t) >>> 0, 4);
    const b = block(Buffer.concat([a, r[i]]));
    a = Buffer.from(b.subarray(0, 8));
    if (encrypt) a.writeUInt32BE((a.readUInt32BE(4) ^ t) >>> 0, 4);
    r[i] = Buffer.from(b.subarray(8));
  }
  if (encrypt) return Buffer.concat([a, ...r]);
  if (!a.equals(Buffer.alloc(8, 0xa6))) refuse('The operation failed for an operation-specific reason', 'OperationError');
  return Buffer.concat(r);
}

function signature(a, key) {
  const inner = key[CRYPTO_KEY];
  switch (a.name) {
    case 'RSASSA-PKCS1-v1_5': return [HASHES[key.algorithm.hash.name], { key: inner, padding: 1 }];
    case 'RSA-PSS': return [HASHES[key.algorithm.hash.name], { key: inner, padding: 6, saltLength: a.saltLength }];
    case 'ECDSA': return [HASHES[hashOf(a.hash)], { key: inner, dsaEncoding: 'ieee-p1363' }];
    case 'Ed25519': return [null, { key: inner }];
    default: return unsupported();
  }
}

async function bitsOf(a, key, length) {
  switch (a.name) {
    case 'PBKDF2': return new globalThis.Promise((resolve, reject) => {
      crypto.pbkdf2(key[CRYPTO_KEY].export(), view(a.salt, 'algorithm.salt'), a.iterations, length / 8, HASHES[hashOf(a.hash)], (e, b) => (e ? reject(e) : resolve(b)));
    });
    case 'HKDF': return Buffer.from(crypto.hkdfSync(HASHES[hashOf(a.hash)], key[CRYPTO_KEY], view(a.salt, 'algorithm.salt'), view(a.info, 'algorithm.info'), length / 8));
    case 'ECDH': case 'X25519': {
      if (!(a.public instanceof CryptoKey)) throw invalidArgType('algorithm.public', 'CryptoKey', a.public);
      if (a.public.algorithm.name !== a.name || a.public.algorithm.namedCurve !== key.algorithm.namedCurve) refuse('Named curve mismatch', 'InvalidAccessError');
      const bits = crypto.diffieHellman({ privateKey: key[CRYPTO_KEY], publicKey: a.public[CRYPTO_KEY] });
      if (length === null || length === undefined) return bits;
      if (bits.length * 8 < length) refuse('derived bit length is too small', 'OperationError');
      return bits.subarray(0, Math.ceil(length / 8));
    }
    default: return unsupported();
  }
}

class SubtleCrypto {
  constructor(secret) {
    if (secret !== CRYPTO_KEY) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  async digest(algorithm, data) {
    return arrayBuffer(crypto.createHash(HASHES[hashOf(algorithm)]).update(view(data)).digest());
  }
  async sign(algorithm, key, data) {
    const a = normal(algorithm);
    const inner = need(key, a.name, 'sign');
    if (a.name === 'HMAC') return arrayBuffer(crypto.createHmac(HASHES[key.algorithm.hash.name], inner).update(view(data)).digest());
    const [hash, options] = signature(a, key);
    return arrayBuffer(crypto.sign(hash, view(data), options));
  }
  async verify(algorithm, key, sig, data) {
    const a = normal(algorithm);
    const inner = need(key, a.name, 'verify');
    if (a.name === 'HMAC') {
      const mac = crypto.createHmac(HASHES[key.algorithm.hash.name], inner).update(view(data)).digest();
      const given = view(sig, 'signature');
      return mac.length === given.length && crypto.timingSafeEqual(mac, given);
    }
    const [hash, options] = signature(a, key);
    return crypto.verify(hash, view(data), options, view(sig, 'signature'));
  }
  async encrypt(algorithm, key, data) {
    const a = normal(algorithm);
    const inner = need(key, a.name, 'encrypt');
    if (a.name === 'RSA-OAEP') return arrayBuffer(oaep('publicEncrypt', a, key, inner, view(data)));
    if (!a.name.startsWith('AES') || a.name === 'AES-KW') unsupported();
    return arrayBuffer(aes(a, key, view(data), true));
  }
  async decrypt(algorithm, key, data) {
    const a = normal(algorithm);
    const inner = need(key, a.name, 'decrypt');
    if (a.name === 'RSA-OAEP') return arrayBuffer(oaep('privateDecrypt', a, key, inner, view(data)));
    if (!a.name.startsWith('AES') || a.name === 'AES-KW') unsupported();
    return arrayBuffer(aes(a, key, view(data), false));
  }
  async importKey(format, data, algorithm, extractable, usages) {
    const a = normal(algorithm);
    if (!Array.isArray(usages)) throw invalidArgType('keyUsages', 'Array', usages);
    return isSecret(a.name) ? importSecret(format, data, a, extractable, usages) : importAsymmetric(format, data, a, extractable, usages);
  }
  async exportKey(format, key) {
    if (!(key instanceof CryptoKey)) throw invalidArgType('key', 'CryptoKey', key);
    if (!key.extractable) refuse('key is not extractable', 'InvalidAccessException');
    const inner = key[CRYPTO_KEY];
    const { name } = key.algorithm;
    switch (format) {
      case 'jwk': {
        const out = inner.export({ format: 'jwk' });
        out.key_ops = key.usages;
        out.ext = key.extractable;
        if (name === 'HMAC') out.alg = `HS${SIZES[key.algorithm.hash.name]}`.replace('HS160', 'HS1');
        else if (name.startsWith('AES')) out.alg = `A${key.algorithm.length}${name.slice(4)}`;
        return out;
      }
      case 'spki': return arrayBuffer(inner.export({ format: 'der', type: 'spki' }));
      case 'pkcs8': return arrayBuffer(inner.export({ format: 'der', type: 'pkcs8' }));
      case 'raw': {
        if (inner.type === 'secret') return arrayBuffer(inner.export());
        if (inner.type !== 'public') break;
        const { x, y } = inner.export({ format: 'jwk' });
        if (y === undefined) return arrayBuffer(Buffer.from(x, 'base64url'));
        return arrayBuffer(Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]));
      }
    }
    return refuse(`Unable to export a raw ${name} ${inner.type} key`, 'InvalidAccessError');
  }
  async generateKey(algorithm, extractable, usages) {
    const a = normal(algorithm);
    if (a.name === 'HMAC' || a.name.startsWith('AES')) {
      const length = a.name === 'HMAC' ? a.length ?? BLOCKS[hashOf(a.hash)] : a.length;
      if (a.name !== 'HMAC' && ![128, 192, 256].includes(length)) refuse('Invalid key length', 'OperationError');
      return importSecret('raw', crypto.randomBytes(length / 8), a, extractable, usages);
    }
    if (USAGES[a.name]?.[1] === undefined) unsupported();
    const [type, options] = isRSA(a.name) ? ['rsa', { modulusLength: a.modulusLength }]
      : a.name === 'ECDSA' || a.name === 'ECDH' ? ['ec', { namedCurve: CURVES[a.namedCurve] ?? unsupported() }] : [a.name.toLowerCase(), undefined];
    const [forPrivate, forPublic] = USAGES[a.name];
    for (const usage of usages) if (!forPrivate.includes(usage) && !forPublic.includes(usage)) refuse(`Unsupported key usage for a ${a.name} key`, 'SyntaxError');
    const pair = await new globalThis.Promise((resolve, reject) => {
      crypto.generateKeyPair(type, options, (e, publicKey, privateKey) => (e ? reject(e) : resolve({ publicKey, privateKey })));
    });
    const own = usages.filter((usage) => forPrivate.includes(usage));
    if (own.length === 0) refuse('Usages cannot be empty when creating a key.', 'SyntaxError');
    return {
      publicKey: make(pair.publicKey, describe(a, pair.publicKey), true, usages.filter((usage) => forPublic.includes(usage))),
      privateKey: make(pair.privateKey, describe(a, pair.privateKey), extractable, own),
    };
  }
  async deriveBits(algorithm, key, length = null) {
    const a = normal(algorithm);
    need(key, a.name, 'deriveBits');
    if ((a.name === 'PBKDF2' || a.name === 'HKDF') && (length === null || length % 8 !== 0)) refuse('length must be a multiple of 8', 'OperationError');
    return arrayBuffer(await bitsOf(a, key, length));
  }
  async deriveKey(algorithm, key, derived, extractable, usages) {
    const a = normal(algorithm);
    const d = normal(derived);
    need(key, a.name, 'deriveKey');
    const length = d.name === 'HMAC' ? d.length ?? BLOCKS[hashOf(d.hash)] : d.length ?? null;
    return importSecret('raw', await bitsOf(a, key, length), d, extractable, usages);
  }
  async wrapKey(format, key, wrapping, algorithm) {
    const a = normal(algorithm);
    need(wrapping, a.name, 'wrapKey');
    const exported = await this.exportKey(format, key);
    const data = format === 'jwk' ? Buffer.from(JSON.stringify(exported)) : Buffer.from(exported);
    if (a.name === 'AES-KW') return arrayBuffer(wrapAES(wrapping, data, true));
    if (a.name === 'RSA-OAEP') return arrayBuffer(oaep('publicEncrypt', a, wrapping, wrapping[CRYPTO_KEY], data));
    return arrayBuffer(aes(a, wrapping, data, true));
  }
  async unwrapKey(format, wrapped, unwrapping, algorithm, keyAlgorithm, extractable, usages) {
    const a = normal(algorithm);
    need(unwrapping, a.name, 'unwrapKey');
    const input = view(wrapped, 'wrappedKey');
    const data = a.name === 'AES-KW' ? wrapAES(unwrapping, input, false)
      : a.name === 'RSA-OAEP' ? oaep('privateDecrypt', a, unwrapping, unwrapping[CRYPTO_KEY], input) : aes(a, unwrapping, input, false);
    return this.importKey(format, format === 'jwk' ? JSON.parse(data.toString()) : data, keyAlgorithm, extractable, usages);
  }
}
function oaep(name, a, key, inner, data) {
  try {
    return crypto[name]({ key: inner, padding: 4, oaepHash: HASHES[key.algorithm.hash.name], oaepLabel: a.label === undefined ? undefined : view(a.label) }, data);
  } catch {
    return refuse('The operation failed for an operation-specific reason', 'OperationError');
  }
}

const INTEGERS = new Set(['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array']);

class Crypto {
  #subtle = new SubtleCrypto(CRYPTO_KEY);
  constructor(secret) {
    if (secret !== CRYPTO_KEY) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  get subtle() { return this.#subtle; }
  getRandomValues(array) {
    if (!ArrayBuffer.isView(array) || !INTEGERS.has(array[Symbol.toStringTag])) refuse('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    if (array.byteLength > 65536) refuse('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
    return crypto.randomFillSync(array);
  }
  randomUUID() { return crypto.randomUUID(); }
}
for (const C of [SubtleCrypto, Crypto]) {
  Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
  for (const key of Object.getOwnPropertyNames(C.prototype)) {
    if (key !== 'constructor') Object.defineProperty(C.prototype, key, { enumerable: true });
  }
}

const webcrypto = new Crypto(CRYPTO_KEY);
function fromKeyObject(key, algorithm, extractable, usages) {
  const a = normal(algorithm);
  if (key.type === 'secret') return importSecret('raw', key.export(), a, extractable, usages);
  return make(key, describe(a, key), extractable, usages);
}
Object.assign(exports, { webcrypto, Crypto, SubtleCrypto, CryptoKey, fromKeyObject });
