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
    const Controller = bytes ? ReadableByteStreamController : ReadableStreamDefaultController;
    s.controller = new Controller(kMake, this, source, high, size);
    startController(s.controller);
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
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    if (`${mode}` !== 'byob') throw errors.invalidArgValue('options.mode', mode);
    return new ReadableStreamBYOBReader(this);
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
    return `ReadableStream ${inspect({ locked: this.locked, state, supportsBYOB: S(this).controller instanceof ReadableByteStreamController }, options)}`;
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
  readerState(reader).closed.resolve();
  for (const r of readerState(reader).requests.splice(0)) r.close();
}
function errorStream(stream, err) {
  const s = S(stream);
  if (s.state !== 'readable') return;
  s.state = 'errored';
  s.error = err;
  s.closed.reject(err);
  const { reader } = s;
  if (reader === undefined) return;
  readerState(reader).closed.reject(err);
  handled(readerState(reader).closed.promise);
  for (const r of readerState(reader).requests.splice(0)) r.error(err);
}
function cancelStream(stream, reason) {
  const s = S(stream);
  s.disturbed = true;
  if (s.state === 'closed') return Promise.resolve();
  if (s.state === 'errored') return Promise.reject(s.error);
  closeStream(stream);
  return cancelController(s.controller, reason).then(nop);
}

let C; // the state of a controller

function controllerClass(name) {
  return {
    [name]: class {
      #state;
      static {
        const before = C;
        C = (c) => (c !== null && typeof c === 'object' && #state in c ? c.#state : before?.(c));
      }
      constructor(key, stream, source, high, size) {
        if (key !== kMake) throw illegal();
        this.#state = {
          stream, source, high, size, queue: new Queue(), started: false, pulling: false, pullAgain: false, closing: false,
          start: method(source, 'start'), pull: method(source, 'pull'), cancel: method(source, 'cancel'),
        };
      }
      get desiredSize() { return desired(this.#state); }
      close() {
        const s = this.#state;
        if (s.closing || S(s.stream).state !== 'readable') throw invalidState('Controller is already closed');
        s.closing = true;
        if (s.queue.length === 0) {
          clear(s);
          closeStream(s.stream);
          s.byob?.requests.splice(0).forEach((r) => r.close());
        }
      }
      error(err = undefined) {
        fail(this.#state, err);
      }
    },
  }[name];
}
function desired(s) {
  const { state } = S(s.stream);
  if (state === 'errored') return null;
  return state === 'closed' ? 0 : s.high - s.queue.total;
}
function clear(s) {
  s.pull = s.cancel = undefined;
  s.size = () => 1;
}
function fail(s, err) {
  if (S(s.stream).state !== 'readable') return;
  s.queue.clear();
  clear(s);
  errorStream(s.stream, err);
}

const ReadableStreamDefaultController = controllerClass('ReadableStreamDefaultController');
Object.defineProperty(ReadableStreamDefaultController.prototype, 'enqueue', {
  value: function enqueue(chunk) {
    const s = C(this);
    if (s.closing || S(s.stream).state !== 'readable') throw invalidState('Controller is already closed');
    add(s, chunk);
  },
  writable: true, configurable: true,
});
function add(s, chunk) {
  const { reader } = S(s.stream);
  if (reader !== undefined && readerState(reader).requests.length > 0) {
    readerState(reader).requests.shift().chunk(chunk);
  } else {
    let size;
    try {
      size = s.size(chunk);
      if (badSize(size)) throw errors.invalidArgValue('size', size);
    } catch (err) {
      fail(s, err);
      throw err;
    }
    s.queue.push(chunk, size);
  }
  pullIfNeeded(s);
}

const ReadableByteStreamController = controllerClass('ReadableByteStreamController');
Object.defineProperties(ReadableByteStreamController.prototype, {
  enqueue: {
    value: function enqueue(chunk) {
      const s = C(this);
      if (!ArrayBuffer.isView(chunk)) throw errors.invalidArgType('chunk', ['Buffer', 'TypedArray', 'DataView'], chunk);
      if (chunk.byteLength === 0) throw invalidState('chunk ArrayBuffer is zero-length or detached');
      if (s.closing || S(s.stream).state !== 'readable') throw invalidState('Controller is already closed');
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const { reader } = S(s.stream);
      const request = reader === undefined ? undefined : readerState(reader).requests[0];
      if (request?.view !== undefined) {
        s.queue.push(bytes, bytes.byteLength);
        fill(s, readerState(reader));
        pullIfNeeded(s);
      } else {
        s.size = () => bytes.byteLength;
        add(s, bytes);
      }
    },
    writable: true, configurable: true,
  },
  byobRequest: {
    get() {
      const s = C(this);
      const { reader } = S(s.stream);
      const request = reader === undefined ? undefined : readerState(reader).requests[0];
      if (request?.view === undefined) return null;
      const { view } = request;
      return s.request ??= {
        view: new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
        respond: (n) => {
          s.request = undefined;
          n = Number(n);
          if (S(s.stream).state === 'closed') {
            if (n !== 0) throw invalidState('Controller is already closed');
            readerState(reader).requests.splice(0).forEach((r) => r.close());
            return;
          }
          if (!(n > 0) || n > view.byteLength) throw nodeError(n > 0 ? RangeError : TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'bytesWritten' is invalid. Received ${n}`);
          readerState(reader).requests.shift();
          request.chunk(new request.type(view.buffer, view.byteOffset, n / (request.type.BYTES_PER_ELEMENT ?? 1)));
          pullIfNeeded(s);
        },
        respondWithNewView: (v) => {
          s.request = undefined;
          readerState(reader).requests.shift();
          request.chunk(v);
          pullIfNeeded(s);
        },
      };
    },
    configurable: true,
  },
});

// fill serves requests that brought a view from the queue.
function fill(s, r) {
  while (r.requests.length > 0 && s.queue.length > 0) {
    const request = r.requests.shift();
    const { view } = request;
    const target = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    let at = 0;
    while (at < target.length && s.queue.length > 0) {
      const bytes = s.queue.shift();
      const n = Math.min(bytes.length, target.length - at);
      target.set(bytes.subarray(0, n), at);
      at += n;
      if (n < bytes.length) {
        const rest = bytes.subarray(n);
        s.queue.items.splice(s.queue.head, 0, { value: rest, size: rest.length });
        s.queue.total += rest.length;
      }
    }
    s.request = undefined;
    request.chunk(new request.type(view.buffer, view.byteOffset, Math.floor(at / (request.type.BYTES_PER_ELEMENT ?? 1))));
  }
}

function startController(controller) {
  const s = C(controller);
  const started = s.start === undefined ? undefined : Reflect.apply(s.start, s.source, [controller]);
  Promise.resolve(started).then(() => {
    s.started = true;
    pullIfNeeded(s);
  }, (err) => fail(s, err));
  s.controller = controller;
}
function shouldPull(s) {
  const stream = S(s.stream);
  if (s.closing || stream.state !== 'readable' || !s.started) return false;
  if (stream.reader !== undefined && readerState(stream.reader).requests.length > 0) return true;
  return desired(s) > 0;
}
function pullIfNeeded(s) {
  if (!shouldPull(s)) return;
  if (s.pulling) {
    s.pullAgain = true;
    return;
  }
  s.pulling = true;
  attempt(s.pull, s.source, s.controller).then(() => {
    s.pulling = false;
    if (s.pullAgain) {
      s.pullAgain = false;
      pullIfNeeded(s);
    }
  }, (err) => fail(s, err));
}
function cancelController(controller, reason) {
  const s = C(controller);
  s.queue.clear();
  const { cancel, source } = s;
  clear(s);
  return attempt(cancel, source, reason);
}
// pullSteps takes a chunk from the queue for a request, or remembers the request.
function pullSteps(controller, request) {
  const s = C(controller);
  if (s.queue.length > 0) {
    const chunk = s.queue.shift();
    if (s.closing && s.queue.length === 0) {
      clear(s);
      closeStream(s.stream);
    } else {
      pullIfNeeded(s);
    }
    request.chunk(chunk);
    return;
  }
  readerState(S(s.stream).reader).requests.push(request);
  pullIfNeeded(s);
}

let readerState;
class Reader {
  #state;
  static {
    readerState = (reader) => {
      if (reader === null || typeof reader !== 'object' || !(#state in reader)) throw nodeError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be a reader');
      return reader.#state;
    };
  }
  constructor(stream) {
    if (!isStream(stream)) throw errors.invalidArgType('stream', 'ReadableStream', stream);
    const s = S(stream);
    if (s.reader !== undefined) throw invalidState('ReadableStream is locked');
    this.#state = { stream, requests: [], closed: deferred() };
    s.reader = this;
    if (s.state === 'closed') this.#state.closed.resolve();
    else if (s.state === 'errored') this.#state.closed.reject(s.error);
    handled(this.#state.closed.promise);
  }
  get closed() { return this.#state.closed.promise; }
  cancel(reason = undefined) {
    const { stream } = this.#state;
    return stream === undefined ? Promise.reject(invalidState('The reader is not attached to a stream')) : cancelStream(stream, reason);
  }
  releaseLock() {
    const s = this.#state;
    if (s.stream === undefined) return;
    const stream = S(s.stream);
    const err = nodeError(TypeError, 'ERR_INVALID_STATE', 'Invalid state: Releasing reader');
    if (stream.state === 'readable') s.closed.reject(err);
    else s.closed = { promise: Promise.reject(err) };
    handled(s.closed.promise);
    for (const r of s.requests.splice(0)) r.error(err);
    stream.reader = undefined;
    s.stream = undefined;
  }
}
function startRead(reader, request) {
  const { stream } = readerState(reader);
  if (stream === undefined) {
    request.error(invalidState('The reader is not attached to a stream'));
    return;
  }
  const s = S(stream);
  s.disturbed = true;
  if (s.state === 'closed') request.close();
  else if (s.state === 'errored') request.error(s.error);
  else request.start(s.controller);
}
class ReadableStreamDefaultReader extends Reader {
  read() {
    return new Promise((resolve, reject) => readDefault(this, {
      chunk: (value) => resolve({ value, done: false }), close: () => resolve({ value: undefined, done: true }), error: reject,
    }));
  }
}
function readDefault(reader, request) {
  request.start = (controller) => pullSteps(controller, request);
  startRead(reader, request);
}
class ReadableStreamBYOBReader extends Reader {
  constructor(stream) {
    if (isStream(stream) && !(S(stream).controller instanceof ReadableByteStreamController)) throw errors.invalidArgValue('stream', stream, 'must be a byte stream');
    super(stream);
  }
  read(view) {
    if (!ArrayBuffer.isView(view)) return Promise.reject(errors.invalidArgType('view', ['Buffer', 'TypedArray', 'DataView'], view));
    if (view.byteLength === 0) return Promise.reject(invalidState('View or Viewed ArrayBuffer is zero-length or detached'));
    return new Promise((resolve, reject) => {
      const request = {
        view, type: view.constructor,
        chunk: (value) => resolve({ value, done: false }),
        close: () => resolve({ value: new request.type(view.buffer, view.byteOffset, 0), done: true }),
        error: reject,
        start: (controller) => {
          const s = C(controller);
          readerState(this).requests.push(request);
          fill(s, readerState(this));
          if (s.closing && s.queue.length === 0) closeStream(s.stream);
          else pullIfNeeded(s);
        },
      };
      startRead(this, request);
    });
  }
}

for (const [Class, name] of [[ReadableStream, 'ReadableStream'], [ReadableStreamDefaultReader, 'ReadableStreamDefaultReader'], [ReadableStreamBYOBReader, 'ReadableStreamBYOBReader'],
  [ReadableStreamDefaultController, 'ReadableStreamDefaultController'], [ReadableByteStreamController, 'ReadableByteStreamController']]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: name, configurable: true });
}
Object.defineProperty(ReadableStream.prototype, Symbol.for('nodejs.webstream.isClosedPromise'), { get() { return S(this).closed; }, configurable: true });
Object.assign(exports, {
  ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamDefaultController, ReadableByteStreamController,
  ReadableStreamBYOBRequest: class ReadableStreamBYOBRequest { constructor() { throw illegal(); } },
});
Object.assign(native, { badValue, S, C, deferred, handled, attempt, method, strategyOf, badSize, Queue, kMake, illegal, invalidState, nop, cancelStream, readDefault, readerState, closeStream, errorStream, fail, add, desired, isStream });
