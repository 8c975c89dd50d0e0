const { Object, Array, Error, Symbol } = globalThis;
const { brand, received, argTypeText, invalidArgValue, outOfRange } = native;

// The engine lacks it; js/internal/lang would make the same one.
if (Symbol.asyncIterator === undefined) {
  Object.defineProperty(Symbol, 'asyncIterator', { value: Symbol.for('Symbol.asyncIterator') });
}

function nodeError(Base, code, message) {
  const e = new Base(message);
  brand(e, code);
  return e;
}

// Names of classes read "an instance of X", names of types "of type x".
const TYPES = ['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol'];

function join(list, word) {
  if (list.length < 3) return list.join(` ${word} `);
  return `${list.slice(0, -1).join(', ')}, ${word} ${list[list.length - 1]}`;
}

function expectation(expected) {
  const list = Array.isArray(expected) ? expected : [expected];
  const types = [];
  const instances = [];
  const other = [];
  for (const value of list) {
    if (TYPES.includes(value)) types.push(value.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(value)) instances.push(value);
    else other.push(value);
  }
  if (instances.length > 0 && types.includes('object')) {
    types.splice(types.indexOf('object'), 1);
    instances.push('Object');
  }
  const parts = [];
  if (types.length > 0) {
    parts.push(types.length > 2 ? `one of type ${join(types, 'or')}` : types.length === 2 ? `one of type ${types[0]} or ${types[1]}` : `of type ${types[0]}`);
    if (types.length === 1) parts[0] = `of type ${types[0]}`;
  }
  if (instances.length > 0) parts.push(`an instance of ${join(instances, 'or')}`);
  if (other.length > 0) {
    if (other.length > 1) parts.push(`one of ${join(other, 'or')}`);
    else parts.push(other[0].toLowerCase() !== other[0] ? `an ${other[0]}` : other[0]);
  }
  return parts.join(' or ');
}

function invalidArgType(name, expected, actual) {
  return nodeError(globalThis.TypeError, 'ERR_INVALID_ARG_TYPE', `${argTypeText(name)} must be ${expectation(expected)}.${received(actual)}`);
}

function validateFunction(value, name) {
  if (typeof value !== 'function') throw invalidArgType(name, 'Function', value);
}
function validateString(value, name) {
  if (typeof value !== 'string') throw invalidArgType(name, 'string', value);
}
function validateBoolean(value, name) {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'boolean', value);
}
function validateNumber(value, name, min, max) {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  if ((min != null && value < min) || (max != null && value > max) || ((min != null || max != null) && value !== value)) {
    const lower = min != null ? `>= ${min}` : '';
    const both = min != null && max != null ? ' && ' : '';
    throw outOfRange(name, `${lower}${both}${max != null ? `<= ${max}` : ''}`, value);
  }
}
function validateInteger(value, name, min = -9007199254740991, max = 9007199254740991) {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  if (!globalThis.Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
}
function validateUint32(value, name, positive = false) {
  validateInteger(value, name, positive ? 1 : 0, 4294967295);
}
function validateInt32(value, name, min = -2147483648, max = 2147483647) {
  validateInteger(value, name, min, max);
}
function validateObject(value, name) {
  if (value === null || Array.isArray(value) || typeof value !== 'object') throw invalidArgType(name, 'Object', value);
}
function validateArray(value, name) {
  if (!Array.isArray(value)) throw invalidArgType(name, 'Array', value);
}
function validateOneOf(value, name, allowed) {
  if (allowed.includes(value)) return;
  throw invalidArgValue(name, value, `must be one of: ${allowed.map((v) => (typeof v === 'string' ? `'${v}'` : String(v))).join(', ')}`);
}
function validateAbortSignal(value, name) {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw invalidArgType(name, 'AbortSignal', value);
  }
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

// combine keeps both errors when a clean-up fails after a failure.
function combine(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const both = new globalThis.AggregateError([outer, inner], outer.message);
  both.code = outer.code;
  return both;
}

Object.assign(exports, {
  nodeError, invalidArgType, invalidArgValue, outOfRange, received, AbortError, combine,
  validateFunction, validateString, validateBoolean, validateNumber, validateInteger, validateUint32,
  validateInt32, validateObject, validateArray, validateOneOf, validateAbortSignal,
});
