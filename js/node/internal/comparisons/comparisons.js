// Deep equality as assert and util.isDeepStrictEqual understand it.
const { Object, Array, Map, Set, Symbol, Number, Error, Date } = globalThis;
const types = require('util/types');

const boxed = (v) => v.valueOf();
const enumerableSymbols = (o) => Object.getOwnPropertySymbols(o).filter((s) => Object.prototype.propertyIsEnumerable.call(o, s));

function sameBytes(a, b) {
  if (a.byteLength !== b.byteLength) return false;
  const x = new globalThis.Uint8Array(a.buffer ?? a, a.byteOffset ?? 0, a.byteLength);
  const y = new globalThis.Uint8Array(b.buffer ?? b, b.byteOffset ?? 0, b.byteLength);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
function sameFloats(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!(a[i] === b[i])) return false;
  return true;
}

const MAX_DEPTH = 1000;

// equal compares; seen pairs up the objects that are being compared.
function equal(a, b, strict, seen) {
  if (a === b) return a !== 0 || Object.is(a, b) || !strict;
  if (strict) {
    if (typeof a !== 'object') return typeof a === 'number' && a !== a && b !== b;
    if (typeof b !== 'object' || a === null || b === null) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  } else {
    if (a === null || typeof a !== 'object') {
      return (b === null || typeof b !== 'object') && (a == b || (a !== a && b !== b));
    }
    if (b === null || typeof b !== 'object') return false;
  }
  const tagA = Object.prototype.toString.call(a);
  if (tagA !== Object.prototype.toString.call(b)) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    const extra = (o) => Object.keys(o).filter((k) => !(Number.isInteger(+k) && `${+k}` === k && +k < o.length));
    const ka = extra(a);
    if (ka.length !== extra(b).length) return false;
    return objects(a, b, strict, seen, 'array', ka);
  }
  if (Array.isArray(b)) return false;
  if (types.isDate(a)) {
    if (!types.isDate(b) || (+a !== +b && !(+a !== +a && +b !== +b))) return false;
  } else if (types.isRegExp(a)) {
    if (!types.isRegExp(b) || a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
  } else if (types.isNativeError(a) || a instanceof Error) {
    if ((!types.isNativeError(b) && !(b instanceof Error)) || a.message !== b.message || a.name !== b.name) return false;
    for (const key of ['cause', 'errors']) {
      if (Object.hasOwn(a, key) !== Object.hasOwn(b, key)) return false;
      if (Object.hasOwn(a, key) && !Object.prototype.propertyIsEnumerable.call(a, key) && !nested(a[key], b[key], strict, seen, a, b)) return false;
    }
  } else if (types.isArrayBufferView(a)) {
    if (!types.isArrayBufferView(b)) return false;
    if (!strict && (types.isFloat32Array(a) || types.isFloat64Array(a))) {
      if (!sameFloats(a, b)) return false;
    } else if (!sameBytes(a, b)) {
      return false;
    }
    const extra = (o) => Object.keys(o).filter((k) => !(Number.isInteger(+k) && `${+k}` === k));
    const ka = extra(a);
    if (ka.length !== extra(b).length) return false;
    return objects(a, b, strict, seen, 'plain', ka);
  } else if (types.isSet(a)) {
    if (!types.isSet(b) || a.size !== b.size) return false;
    return objects(a, b, strict, seen, 'set');
  } else if (types.isMap(a)) {
    if (!types.isMap(b) || a.size !== b.size) return false;
    return objects(a, b, strict, seen, 'map');
  } else if (types.isAnyArrayBuffer(a)) {
    if (!types.isAnyArrayBuffer(b) || !sameBytes(a, b)) return false;
  } else if (types.isBoxedPrimitive(a)) {
    if (!types.isBoxedPrimitive(b) || !Object.is(boxed(a), boxed(b)) || typeof boxed(a) !== typeof boxed(b)) return false;
  } else if (types.isArrayBufferView(b) || types.isSet(b) || types.isMap(b) || types.isDate(b) || types.isRegExp(b) || types.isAnyArrayBuffer(b) ||
    types.isBoxedPrimitive(b) || types.isNativeError(b) || b instanceof Error) {
    return false;
  }
  return objects(a, b, strict, seen, 'plain');
}

function nested(x, y, strict, seen, a, b) {
  const pairs = seen ?? new Map();
  const before = pairs.get(a);
  if (before !== undefined) return before === b;
  pairs.set(a, b);
  const res = equal(x, y, strict, pairs);
  pairs.delete(a);
  return res;
}

function objects(a, b, strict, seen, kind, keys) {
  if (keys === undefined) {
    keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
  }
  for (const key of keys) if (!Object.prototype.propertyIsEnumerable.call(b, key)) return false;
  if (strict) {
    const symbols = enumerableSymbols(a);
    if (symbols.length !== enumerableSymbols(b).length) return false;
    for (const s of symbols) if (!Object.prototype.propertyIsEnumerable.call(b, s)) return false;
    if (symbols.length > 0) keys = [...keys, ...symbols];
  }
  if (keys.length === 0 && (kind === 'plain' || (kind === 'array' && a.length === 0) || (kind !== 'array' && a.size === 0))) return true;
  seen ??= new Map();
  const before = seen.get(a);
  if (before !== undefined) return before === b;
  if (seen.size > MAX_DEPTH) throw new globalThis.RangeError('Maximum call stack size exceeded');
  seen.set(a, b);
  const same = content(a, b, strict, seen, kind) && keys.every((key) => equal(a[key], b[key], strict, seen));
  seen.delete(a);
  return same;
}

function content(a, b, strict, seen, kind) {
  if (kind === 'array') {
    for (let i = 0; i < a.length; i++) {
      const own = Object.hasOwn(a, i);
      if (own !== Object.hasOwn(b, i)) return false;
      if (own && !equal(a[i], b[i], strict, seen)) return false;
    }
  } else if (kind === 'set') {
    return sets(a, b, strict, seen);
  } else if (kind === 'map') {
    return maps(a, b, strict, seen);
  }
  return true;
}

const isObject = (v) => v !== null && typeof v === 'object';

function sets(a, b, strict, seen) {
  const open = [];
  for (const v of a) {
    if (!b.has(v)) {
      if (strict && !isObject(v)) return false;
      open.push(v);
    }
  }
  if (open.length === 0) return true;
  const rest = [...b].filter((v) => !a.has(v) && (isObject(v) || !strict));
  return open.every((v) => {
    const i = rest.findIndex((w) => equal(v, w, strict, seen));
    if (i < 0) return false;
    rest.splice(i, 1);
    return true;
  });
}
function maps(a, b, strict, seen) {
  const open = [];
  for (const [k, v] of a) {
    if (b.has(k) && equal(v, b.get(k), strict, seen)) continue;
    if (b.has(k) && !isObject(k) && strict) return false;
    if (!isObject(k) && strict) return false;
    open.push([k, v]);
  }
  if (open.length === 0) return true;
  const rest = [...b].filter(([k, v]) => !(a.has(k) && equal(a.get(k), v, strict, seen)));
  return open.every(([k, v]) => {
    const i = rest.findIndex(([l, w]) => equal(k, l, strict, seen) && equal(v, w, strict, seen));
    if (i < 0) return false;
    rest.splice(i, 1);
    return true;
  });
}

exports.isDeepEqual = (a, b) => equal(a, b, false);
exports.isDeepStrictEqual = (a, b) => equal(a, b, true);
