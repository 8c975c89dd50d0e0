const { Array, ArrayBuffer, BigInt, Date, Error, JSON, Map, Number, Object, RangeError, RegExp, Set, String, Boolean, Symbol, TypeError } = globalThis;
const { Buffer } = require('buffer');
const { clone } = require('internal/clone');
const { functions, classes } = require('internal/absent');
const why = 'functions do not run on V8';

function usage() {
  const { heapUsed, heapTotal } = require('process').memoryUsage();
  return { heapUsed, heapTotal };
}

// The format is our own: JSON of [type, contents] pairs, in which ["ref", n] is
// the nth object again. What serialize writes only deserialize reads.

function serialize(value) {
  const seen = new Map();
  const write = (v) => {
    switch (typeof v) {
      case 'undefined': return ['undefined'];
      case 'bigint': return ['bigint', `${v}`];
      case 'number': return Number.isFinite(v) && !Object.is(v, -0) ? v : ['number', Object.is(v, -0) ? '-0' : `${v}`];
      case 'object': break;
      default: return v;
    }
    if (v === null) return v;
    if (seen.has(v)) return ['ref', seen.get(v)];
    seen.set(v, seen.size);
    if (Array.isArray(v)) return ['array', v.length, Object.keys(v).map((key) => [key, write(v[key])])];
    if (v instanceof Map) return ['map', [...v].map(([key, item]) => [write(key), write(item)])];
    if (v instanceof Set) return ['set', [...v].map(write)];
    if (v instanceof Date) return ['date', v.getTime()];
    if (v instanceof RegExp) return ['regexp', v.source, v.flags];
    if (v instanceof Error) return ['error', v.name, v.message, v.stack];
    if (v instanceof ArrayBuffer) return ['ArrayBuffer', Buffer.from(v).toString('base64')];
    if (ArrayBuffer.isView(v)) return ['view', v[Symbol.toStringTag] ?? 'DataView', Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('base64'), Buffer.isBuffer(v)];
    if (v instanceof Number || v instanceof String || v instanceof Boolean) return ['boxed', v.valueOf()];
    return ['object', Object.keys(v).map((key) => [key, write(v[key])])];
  };
  return Buffer.from(`LMBT${JSON.stringify(write(clone(value)))}`);
}

function deserialize(bytes) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  if (!text.startsWith('LMBT')) throw new Error('Unable to deserialize cloned data.');
  const seen = [];
  const keep = (v) => { seen.push(v); return v; };
  const fill = (to, entries) => {
    for (const [key, v] of entries) to[key] = read(v);
    return to;
  };
  const bufferOf = (base64) => { const b = Buffer.from(base64, 'base64'); return b.buffer.slice(b.byteOffset, b.byteOffset + b.length); };
  const read = (v) => {
    if (!Array.isArray(v)) return v;
    const [type, a, b, c] = v;
    switch (type) {
      case 'undefined': return undefined;
      case 'bigint': return BigInt(a);
      case 'number': return Number(a);
      case 'ref': return seen[a];
      case 'array': return fill(keep(new Array(a)), b);
      case 'object': return fill(keep({}), a);
      case 'map': { const m = keep(new Map()); for (const [key, item] of a) m.set(read(key), read(item)); return m; }
      case 'set': { const s = keep(new Set()); for (const item of a) s.add(read(item)); return s; }
      case 'date': return keep(new Date(a));
      case 'regexp': return keep(new RegExp(a, b));
      case 'error': { const e = keep(new (a === 'TypeError' ? TypeError : a === 'RangeError' ? RangeError : Error)(b)); e.stack = c; return e; }
      case 'ArrayBuffer': return keep(bufferOf(a));
      case 'view': {
        if (c) return keep(Buffer.from(b, 'base64'));
        return keep(new globalThis[a](bufferOf(b)));
      }
      case 'boxed': return keep(Object(a));
      default: throw new Error('Unable to deserialize cloned data.');
    }
  };
  return read(JSON.parse(text.slice(4)));
}

exports.v8 = classes(functions({
  cachedDataVersionTag() { return 0; },
  getHeapStatistics() {
    const { heapUsed, heapTotal } = usage();
    const limit = require('os').totalmem();
    return {
      total_heap_size: heapTotal, total_heap_size_executable: 0, total_physical_size: heapTotal, total_available_size: limit,
      used_heap_size: heapUsed, heap_size_limit: limit, malloced_memory: 0, peak_malloced_memory: 0, does_zap_garbage: 0,
      number_of_native_contexts: 1, number_of_detached_contexts: 0, total_global_handles_size: 0, used_global_handles_size: 0, external_memory: 0,
    };
  },
  getHeapSpaceStatistics() { return []; },
  getHeapCodeStatistics() { return { code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0, cpu_profiler_metadata_size: 0 }; },
  setFlagsFromString() {},
  takeCoverage() {},
  stopCoverage() {},
  setHeapSnapshotNearHeapLimit() {},
  serialize,
  deserialize,
  startupSnapshot: { isBuildingSnapshot() { return false; } },
}, 'v8', why, ['getHeapSnapshot', 'writeHeapSnapshot', 'queryObjects']), 'v8', why, ['Serializer', 'Deserializer', 'DefaultSerializer', 'DefaultDeserializer', 'GCProfiler']);
