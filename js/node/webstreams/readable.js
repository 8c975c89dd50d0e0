// ReadableStream with its controllers and readers, after the Streams Standard.
const { Object, Promise, Symbol, TypeError, RangeError, Number, Uint8Array, ArrayBuffer, Error } = globalThis;
const errors = require('internal/errors');
const { nodeError } = errors;

const kMake = Symbol('make');
const illegal = () => nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
const invalidState = (text) => nodeError(TypeError, 'ERR_INVALID_STATE', `Invalid state: ${text}`);
const nop = () => {};
const badValue = (name, value) => nodeError(RangeError, 'ERR_INVALID_ARG_VALUE', `The property '${name}' is invalid. Received ${require('util').inspect(value)}`);

function deferred() {
  const d = {};
  d.promise = new Promise((resolve, reject) => {
    d.resolve = resolve;
    d.reject = reject;
  });
  return d;
}
// handled keeps a rejection from being reported as unhandled.
const handled = (p) => {
  p.then(nop, nop);
  return p;
};
// attempt calls a method of the guest and makes its result a promise.
function attempt(fn, self, ...args) {
  try {
    return Promise.resolve(fn === undefined ? undefined : Reflect.apply(fn, self, args));
  } catch (err) {
    return Promise.reject(err);
  }
}
const { Reflect } = globalThis;

function method(source, name) {
  const fn = source?.[name];
  if (fn === undefined || fn === null) return undefined;
  if (typeof fn !== 'function') throw errors.invalidArgType(`underlying.${name}`, 'Function', fn);
  return fn;
}
function strategyOf(strategy, mark) {
  let high = strategy?.highWaterMark;
  if (high === undefined) {
    high = mark;
  } else {
    high = Number(high);
    if (Number.isNaN(high) || high < 0) throw badValue('strategy.highWaterMark', strategy.highWaterMark);
  }
  const size = strategy?.size;
  if (size !== undefined && typeof size !== 'function') throw errors.invalidArgType('strategy.size', 'Function', size);
  return { high, size: size === undefined ? () => 1 : (chunk) => size(chunk) };
}
const badSize = (size) => !(typeof size === 'number') || Number.isNaN(size) || size < 0 || size === globalThis.Infinity;

// Queue is a list of values with sizes.
class Queue {
  items = [];
  head = 0;
  total = 0;
  push(value, size) {
    this.items.push({ value, size });
    this.total += size;
  }
  shift() {
    const item = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    }
    this.total = Math.max(0, this.total - item.size);
    return item.value;
  }
  peek() { return this.items[this.head].value; }
  get length() { return this.items.length - this.head; }
  clear() {
    this.items = [];
    this.head = 0;
    this.total = 0;
  }
}
const { Math } = globalThis;

let S; // the state of a stream
let isStream;

class ReadableStream {
  #state = { state: 'readable', reader: undefined, error: undefined, disturbed: false, controller: undefined, closed: deferred() };
  static {
    S = (stream) => {
      if (stream === null || typeof stream !== 'object' || !(#state in stream)) throw nodeError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type ReadableStream');
      return stream.#state;
    };
    isStream = (v) => v !== null && typeof v === 'object' && #state in v;
  }
  constructor(source = {}, strategy = {}) {
    if (source === null || typeof source !== 'object') throw errors.invalidArgType('source', 'Object', source);
    const s = this.#state;
    handled(s.closed.promise);
    const type = source.type;
    const bytes = type !== undefined && `${type}` === 'bytes';
    if (type !== undefined && !bytes) throw errors.invalidArgValue('source.type', type);
    if (bytes && strategy?.size !== undefined) throw errors.invalidArgValue('strategy.size', strategy.size);
    const { high, size } = strategyOf(strategy, bytes ? 0 : 1);
    const Controller = bytes ? exports.ReadableByteStreamController : exports.ReadableStreamDefaultController;
    s.controller = new Controller(kMake, this, source, high, size);
    native.startController(s.controller);
  }
  get locked() { return S(this).reader !== undefined; }
  cancel(reason = undefined) {
    try {
      if (S(this).reader !== undefined) throw invalidState('ReadableStream is locked');
    } catch (err) {
      return Promise.reject(err);
    }
    return cancelStream(this, reason);
  }
  getReader(options = {}) {
    S(this);
    const mode = options?.mode;
    if (mode === undefined) return new exports.ReadableStreamDefaultReader(this);
    if (`${mode}` !== 'byob') throw errors.invalidArgValue('options.mode', mode);
    return new exports.ReadableStreamBYOBReader(this);
  }
  pipeThrough(transform, options) {
    const { readable, writable } = transform;
    if (!isStream(readable)) throw errors.invalidArgType('transform.readable', 'ReadableStream', readable);
    if (this.locked) throw invalidState('The ReadableStream is locked');
    if (writable.locked) throw invalidState('The WritableStream is locked');
    handled(exports.pipe(this, writable, options ?? {}));
    return readable;
  }
  pipeTo(dest, options) {
    try {
      S(this);
      if (!exports.isWritableStream(dest)) throw errors.invalidArgType('transform.writable', 'WritableStream', dest);
      if (this.locked) throw invalidState('The ReadableStream is locked');
      if (dest.locked) throw invalidState('The WritableStream is locked');
      if (options?.signal !== undefined) errors.validateAbortSignal(options.signal, 'options.signal');
    } catch (err) {
      return Promise.reject(err);
    }
    return exports.pipe(this, dest, options ?? {});
  }
  tee() {
    return exports.tee(this);
  }
  values(options = {}) {
    return exports.iterate(this, Boolean(options?.preventCancel));
  }
  [Symbol.asyncIterator](options) {
    return this.values(options);
  }
  static from(iterable) {
    const isAsync = typeof iterable?.[Symbol.asyncIterator] === 'function';
    if (!isAsync && typeof iterable?.[Symbol.iterator] !== 'function') throw nodeError(TypeError, 'ERR_ARG_NOT_ITERABLE', `${require('util').inspect(iterable)} is not iterable`);
    const it = isAsync ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
    return new ReadableStream({
      async pull(controller) {
        const { value, done } = await it.next();
        if (done) controller.close();
        else controller.enqueue(await value);
      },
      async cancel(reason) {
        await it.return?.(reason);
      },
    }, { highWaterMark: 0 });
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    const { state } = S(this);
    return `ReadableStream ${inspect({ locked: this.locked, state, supportsBYOB: S(this).controller instanceof exports.ReadableByteStreamController }, options)}`;
  }
}
Object.defineProperty(ReadableStream.prototype, Symbol.asyncIterator, { value: ReadableStream.prototype.values, writable: true, configurable: true });
exports.isReadableStream = isStream;

// What a stream does when it is closed, fails or is cancelled.
function closeStream(stream) {
  const s = S(stream);
  if (s.state !== 'readable') return;
  s.state = 'closed';
  s.closed.resolve();
  const { reader } = s;
  if (reader === undefined) return;
  native.readerState(reader).closed.resolve();
  for (const r of native.readerState(reader).requests.splice(0)) r.close();
}
function errorStream(stream, err) {
  const s = S(stream);
  if (s.state !== 'readable') return;
  s.state = 'errored';
  s.error = err;
  s.closed.reject(err);
  const { reader } = s;
  if (reader === undefined) return;
  native.readerState(reader).closed.reject(err);
  handled(native.readerState(reader).closed.promise);
  for (const r of native.readerState(reader).requests.splice(0)) r.error(err);
}
function cancelStream(stream, reason) {
  const s = S(stream);
  s.disturbed = true;
  if (s.state === 'closed') return Promise.resolve();
  if (s.state === 'errored') return Promise.reject(s.error);
  closeStream(stream);
  return native.cancelController(s.controller, reason).then(nop);
}

Object.defineProperty(ReadableStream.prototype, Symbol.toStringTag, { value: 'ReadableStream', configurable: true });
Object.defineProperty(ReadableStream.prototype, Symbol.for('nodejs.webstream.isClosedPromise'), { get() { return S(this).closed; }, configurable: true });
Object.assign(exports, { ReadableStream });
Object.assign(native, { S, deferred, handled, attempt, method, strategyOf, badSize, badValue, Queue, kMake, illegal, invalidState, nop, cancelStream, closeStream, errorStream, isStream });
