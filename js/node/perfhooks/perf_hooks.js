const { Object, Error, TypeError, Symbol, Number, Math, Map, Set, Array } = globalThis;
const { now, timeOrigin } = native;
const errors = require('internal/errors');
const { EventTarget } = globalThis;

// What is not cleared is kept, up to a limit: an isolate lives long.
const LIMIT = 10000;
let entries = [];
const observers = new Set();

const kNew = Symbol('new');
class PerformanceEntry {
  constructor(key, name, entryType, startTime, duration, detail) {
    if (key !== kNew) throw errors.nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    const set = (k, value) => Object.defineProperty(this, k, { value, enumerable: true, configurable: true });
    set('name', name);
    set('entryType', entryType);
    set('startTime', startTime);
    set('duration', duration);
    if (detail !== undefined) set('detail', detail);
  }
  toJSON() {
    const { name, entryType, startTime, duration, detail } = this;
    return { name, entryType, startTime, duration, ...(detail === undefined ? {} : { detail }) };
  }
}
class PerformanceMark extends PerformanceEntry {
  constructor(name, options = {}) {
    if (arguments.length === 0) throw errors.nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "name" argument must be specified');
    const start = options.startTime ?? now();
    errors.validateNumber(start, 'startTime');
    if (start < 0) throw errors.nodeError(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP', `${start} is not a valid timestamp`);
    const detail = options.detail == null ? null : globalThis.structuredClone(options.detail);
    super(kNew, `${name}`, 'mark', start, 0, detail);
  }
}
class PerformanceMeasure extends PerformanceEntry {}

class EntryList {
  #list;
  constructor(list) {
    this.#list = list;
  }
  getEntries() { return this.#list.slice(); }
  getEntriesByName(name, type) { return this.#list.filter((e) => e.name === `${name}` && (type === undefined || e.entryType === type)); }
  getEntriesByType(type) { return this.#list.filter((e) => e.entryType === type); }
}
Object.defineProperty(EntryList, 'name', { value: 'PerformanceObserverEntryList' });

const TYPES = ['dns', 'function', 'gc', 'http', 'http2', 'mark', 'measure', 'net', 'resource'];
class PerformanceObserver {
  #callback;
  #types = new Set();
  #queue = [];
  #scheduled = false;
  static get supportedEntryTypes() { return TYPES.slice(); }
  constructor(callback) {
    errors.validateFunction(callback, 'callback');
    this.#callback = callback;
  }
  observe(options = {}) {
    errors.validateObject(options, 'options');
    const { entryTypes, type, buffered } = options;
    if (entryTypes === undefined && type === undefined) throw errors.nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "options.entryTypes" or "options.type" argument must be specified');
    if (entryTypes != null && type != null) throw errors.invalidArgValue('options.entryTypes', entryTypes, "options.entryTypes can not set with options.type together");
    this.#types = new Set(entryTypes ?? [...this.#types, type]);
    if (buffered && type !== undefined) for (const e of entries) if (e.entryType === type) this.take(e);
    observers.add(this);
  }
  disconnect() {
    observers.delete(this);
    this.#queue = [];
    this.#types.clear();
  }
  takeRecords() {
    return this.#queue.splice(0);
  }
  take(entry) {
    if (!this.#types.has(entry.entryType)) return;
    this.#queue.push(entry);
    if (this.#scheduled) return;
    this.#scheduled = true;
    globalThis.setImmediate(() => {
      this.#scheduled = false;
      const list = this.#queue.splice(0);
      if (list.length > 0) this.#callback(new EntryList(list), this);
    }).unref();
  }
}
Object.defineProperty(PerformanceObserver.prototype, 'take', { enumerable: false });

function record(entry, keep = true) {
  if (keep) {
    entries.push(entry);
    if (entries.length > LIMIT) entries = entries.slice(LIMIT / 2);
  }
  for (const o of observers) o.take(entry);
  return entry;
}
function timeOf(mark) {
  if (mark === undefined) return undefined;
  if (typeof mark === 'number') {
    if (mark < 0) throw errors.nodeError(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP', `${mark} is not a valid timestamp`);
    return mark;
  }
  mark = `${mark}`;
  for (let i = entries.length - 1; i >= 0; i--) if (entries[i].entryType === 'mark' && entries[i].name === mark) return entries[i].startTime;
  const { DOMException } = globalThis;
  throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
}
const sorted = (list) => list.sort((a, b) => a.startTime - b.startTime);

class Performance extends EventTarget {
  constructor(key) {
    if (key !== kNew) throw errors.nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    super();
  }
  now() { return now(); }
  get timeOrigin() { return timeOrigin; }
  mark(name, options) { return record(new PerformanceMark(name, options)); }
  measure(name, startOrOptions, endMark) {
    errors.validateString(name, 'name');
    let start;
    let end;
    let detail;
    if (startOrOptions !== null && typeof startOrOptions === 'object') {
      const o = startOrOptions;
      if (o.duration !== undefined && o.start !== undefined && o.end !== undefined) throw errors.invalidArgValue('options.duration', o.duration, 'must not be specified with start and end');
      end = o.end !== undefined ? timeOf(o.end) : o.start !== undefined && o.duration !== undefined ? timeOf(o.start) + timeOf(o.duration) : now();
      start = o.start !== undefined ? timeOf(o.start) : o.duration !== undefined ? end - timeOf(o.duration) : 0;
      detail = o.detail == null ? null : globalThis.structuredClone(o.detail);
    } else {
      end = endMark === undefined ? now() : timeOf(endMark);
      start = timeOf(startOrOptions) ?? 0;
      detail = null;
    }
    return record(new PerformanceMeasure(kNew, name, 'measure', start, end - start, detail));
  }
  clearMarks(name) { entries = entries.filter((e) => e.entryType !== 'mark' || (name !== undefined && e.name !== `${name}`)); }
  clearMeasures(name) { entries = entries.filter((e) => e.entryType !== 'measure' || (name !== undefined && e.name !== `${name}`)); }
  clearResourceTimings() { entries = entries.filter((e) => e.entryType !== 'resource'); }
  setResourceTimingBufferSize() {}
  markResourceTiming() {}
  getEntries() { return sorted(entries.slice()); }
  getEntriesByName(name, type) { return sorted(entries.filter((e) => e.name === `${name}` && (type === undefined || e.entryType === type))); }
  getEntriesByType(type) { return sorted(entries.filter((e) => e.entryType === type)); }
  timerify(fn, options = {}) {
    errors.validateFunction(fn, 'fn');
    errors.validateObject(options, 'options');
    const { histogram } = options;
    const done = (start, args) => {
      const duration = now() - start;
      histogram?.record(Math.max(1, Math.ceil(duration * 1e6)));
      record(new PerformanceEntry(kNew, fn.name, 'function', start, duration, args), false);
    };
    function timerified(...args) {
      const start = now();
      const result = new.target ? globalThis.Reflect.construct(fn, args, fn) : globalThis.Reflect.apply(fn, this, args);
      if (!new.target && typeof result?.finally === 'function') return result.finally(() => done(start, args));
      done(start, args);
      return result;
    }
    return Object.defineProperties(timerified, { length: { value: fn.length, configurable: true }, name: { value: `timerified ${fn.name}`, configurable: true } });
  }
  eventLoopUtilization() { return { idle: 0, active: 0, utilization: 0 }; }
  get nodeTiming() {
    return new PerformanceEntry(kNew, 'node', 'node', 0, now());
  }
  toJSON() { return { nodeTiming: this.nodeTiming, timeOrigin, eventLoopUtilization: this.eventLoopUtilization() }; }
}
const performance = new Performance(kNew);
Object.defineProperty(Performance.prototype, Symbol.toStringTag, { value: 'Performance', configurable: true });

// Histograms keep their values, up to a limit beyond which old ones go.
class RecordableHistogram {
  #values = [];
  #sorted = null;
  #last;
  #count = 0;
  record(value) {
    if (typeof value !== 'bigint') errors.validateInteger(value, 'val', 1);
    this.#count++;
    this.#sorted = null;
    if (this.#values.length >= LIMIT) this.#values.shift();
    this.#values.push(Number(value));
  }
  recordDelta() {
    const t = now();
    if (this.#last !== undefined) this.record(Math.max(1, Math.round((t - this.#last) * 1e6)));
    this.#last = t;
  }
  reset() {
    this.#values = [];
    this.#sorted = null;
    this.#count = 0;
  }
  add(other) {
    for (const v of other.#values) this.record(v);
  }
  get count() { return this.#count; }
  get exceeds() { return 0; }
  get min() { return this.#values.length === 0 ? 9223372036854776000 : Math.min(...this.#values); }
  get max() { return this.#values.length === 0 ? 0 : Math.max(...this.#values); }
  get mean() { return this.#values.length === 0 ? NaN : this.#values.reduce((a, b) => a + b, 0) / this.#values.length; }
  get stddev() {
    const { mean } = this;
    return this.#values.length === 0 ? NaN : Math.sqrt(this.#values.reduce((a, b) => a + (b - mean) ** 2, 0) / this.#values.length);
  }
  percentile(p) {
    errors.validateNumber(p, 'percentile');
    if (!(p > 0 && p <= 100)) throw errors.outOfRange('percentile', '> 0 && <= 100', p);
    this.#sorted ??= this.#values.slice().sort((a, b) => a - b);
    return this.#sorted.length === 0 ? 0 : this.#sorted[Math.ceil((p / 100) * this.#sorted.length) - 1];
  }
  get percentiles() {
    return new Map([50, 75, 90, 99, 100].map((p) => [p, this.percentile(p)]));
  }
}
const { NaN } = globalThis;

Object.assign(exports, {
  performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList: EntryList,
  createHistogram: () => new RecordableHistogram(),
  monitorEventLoopDelay: () => Object.assign(new RecordableHistogram(), { enable: () => true, disable: () => true }),
  constants: { NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16 },
});
