// structuredClone as the HTML Standard defines it.
const { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, Object, Map, Set, Date, RegExp, ArrayBuffer, DataView, Array, Reflect } = globalThis;
const { DOMException } = require('internal/dom');
const { nodeError } = require('internal/errors');
const { kind } = native;

const errors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

function refuse(text) {
  throw new DOMException(`${text} could not be cloned.`, 'DataCloneError');
}

// describe is how V8 names a value in its messages.
function describe(value) {
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return `${value}`;
  const name = value?.constructor?.name;
  return `#<${typeof name === 'string' && name !== '' ? name : 'Object'}>`;
}

// clone copies a value. transferred maps objects that move to what they become.
function clone(value, transferred = new Map()) {
  const seen = new Map(transferred);
  const copy = (v) => {
    if (v === null || (typeof v !== 'object' && typeof v !== 'function')) {
      if (typeof v === 'symbol') refuse(describe(v));
      return v;
    }
    const known = seen.get(v);
    if (known !== undefined) return known;
    if (typeof v === 'function') refuse(describe(v));
    return copyObject(v, kind(v));
  };
  const remember = (v, made) => {
    seen.set(v, made);
    return made;
  };
  const copyProperties = (from, to) => {
    for (const key of Object.keys(from)) to[key] = copy(from[key]);
    return to;
  };
  const define = (to, key, v) => Object.defineProperty(to, key, { value: v, writable: true, enumerable: true, configurable: true });

  function copyObject(v, type) {
    switch (type) {
      case 'Object': {
        const made = remember(v, {});
        for (const key of Object.keys(v)) define(made, key, copy(v[key]));
        return made;
      }
      case 'Array': {
        const made = remember(v, new Array(v.length));
        return copyProperties(v, made);
      }
      case 'Map': {
        const made = remember(v, new Map());
        for (const [key, item] of [...Map.prototype.entries.call(v)]) made.set(copy(key), copy(item));
        return made;
      }
      case 'Set': {
        const made = remember(v, new Set());
        for (const item of [...Set.prototype.values.call(v)]) made.add(copy(item));
        return made;
      }
      case 'Date': return remember(v, new Date(Date.prototype.getTime.call(v)));
      case 'RegExp': return remember(v, new RegExp(v.source, v.flags));
      case 'Boolean': case 'Number': case 'String': case 'BigInt': return remember(v, Object(native.primitive(v)));
      case 'ArrayBuffer': return remember(v, ArrayBuffer.prototype.slice.call(v, 0));
      case 'View': {
        const buffer = copy(native.buffer(v));
        const name = native.viewName(v);
        if (name === 'DataView') return remember(v, new DataView(buffer, v.byteOffset, v.byteLength));
        return remember(v, new globalThis[name](buffer, v.byteOffset, v.length));
      }
      case 'Error': {
        if (v instanceof DOMException) return remember(v, new DOMException(v.message, v.name));
        return copyError(v, new errors[Object.hasOwn(errors, v.name) ? v.name : 'Error']());
      }
      default:
        if (typeof v[native.cloneable] === 'function') return remember(v, v[native.cloneable]());
        return refuse(describe(v));
    }
  }
  function copyError(v, made) {
    seen.set(v, made);
    for (const key of ['message', 'stack', 'cause']) {
      const own = Reflect.getOwnPropertyDescriptor(v, key);
      if (own !== undefined && 'value' in own) {
        const item = key === 'cause' ? copy(own.value) : `${own.value}`;
        Object.defineProperty(made, key, { value: item, writable: true, enumerable: false, configurable: true });
      } else if (key === 'stack') {
        Object.defineProperty(made, key, { value: `${v.stack}`, writable: true, enumerable: false, configurable: true });
      }
    }
    return made;
  }
  return copy(value);
}

// transfer checks a list of objects that are to move. ArrayBuffers are copied,
// and stay usable where they were.
function transfer(list) {
  const moved = new Map();
  for (const item of list) {
    if (item === null || typeof item !== 'object') throw new TypeError('Value not transferable');
    if (moved.has(item)) throw new DOMException('ArrayBuffer occurs in the transfer list more than once', 'DataCloneError');
    if (kind(item) === 'ArrayBuffer') moved.set(item, ArrayBuffer.prototype.slice.call(item, 0));
    else if (typeof item[native.transferable] === 'function') moved.set(item, item[native.transferable]());
    else throw new DOMException('Object that needs transfer was found in message but not listed in transferList', 'DataCloneError');
  }
  return moved;
}

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "value" argument must be specified');
  return clone(value, transfer(options?.transfer ?? []));
}

Object.assign(exports, { structuredClone, clone, transfer });
