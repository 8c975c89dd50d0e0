// WritableStream with its controller and writer, after the Streams Standard.
const { Object, Promise, Symbol, TypeError, Reflect } = globalThis;
const errors = require('internal/errors');
const { badValue, deferred, handled, attempt, method, strategyOf, badSize, Queue, kMake, illegal, invalidState, nop } = native;
const { nodeError } = errors;

let W; // the state of a stream, its controller's included
let isStream;

class WritableStream {
  #state;
  static {
    W = (stream) => {
      if (stream === null || typeof stream !== 'object' || !(#state in stream)) throw nodeError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type WritableStream');
      return stream.#state;
    };
    isStream = (v) => v !== null && typeof v === 'object' && #state in v;
  }
  constructor(sink = {}, strategy = {}) {
    if (sink === null || typeof sink !== 'object') throw errors.invalidArgType('sink', 'Object', sink);
    if (sink.type !== undefined) throw badValue('sink.type', sink.type);
    const { high, size } = strategyOf(strategy, 1);
    const s = {
      stream: this, state: 'writable', error: undefined, writer: undefined, sink, high, size, queue: new Queue(), started: false, backpressure: false,
      writing: null, closing: null, inFlightClose: null, waiting: [], pendingAbort: null, closed: deferred(),
      write: method(sink, 'write'), close: method(sink, 'close'), abort: method(sink, 'abort'), controller: undefined, aborter: new globalThis.AbortController(),
    };
    this.#state = s;
    handled(s.closed.promise);
    const start = method(sink, 'start');
    s.controller = new WritableStreamDefaultController(kMake, s);
    s.backpressure = desired(s) <= 0;
    const started = start === undefined ? undefined : Reflect.apply(start, sink, [s.controller]);
    Promise.resolve(started).then(() => {
      s.started = true;
      advance(s);
    }, (err) => {
      s.started = true;
      dealWith(s, err);
    });
  }
  get locked() { return W(this).writer !== undefined; }
  abort(reason = undefined) {
    try {
      if (W(this).writer !== undefined) throw invalidState('WritableStream is locked');
    } catch (err) {
      return Promise.reject(err);
    }
    return abort(W(this), reason);
  }
  close() {
    try {
      const s = W(this);
      if (s.writer !== undefined) throw invalidState('WritableStream is locked');
      if (closingOrClosed(s)) throw invalidState('Failure closing WritableStream');
      return close(s);
    } catch (err) {
      return Promise.reject(err);
    }
  }
  getWriter() {
    return new WritableStreamDefaultWriter(this);
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    return `WritableStream ${inspect({ locked: this.locked, state: W(this).state }, options)}`;
  }
}

class WritableStreamDefaultController {
  #s;
  constructor(key, s) {
    if (key !== kMake) throw illegal();
    this.#s = s;
  }
  get signal() { return this.#s.aborter.signal; }
  get abortReason() { return this.#s.aborter.signal.reason; }
  error(err = undefined) {
    if (this.#s.state === 'writable') startErroring(this.#s, err);
  }
}

const CLOSE = Symbol('close');
const desired = (s) => s.high - s.queue.total;
const closeQueued = (s) => s.closing !== null || s.inFlightClose !== null;
const closingOrClosed = (s) => closeQueued(s) || s.state === 'closed' || s.state === 'errored';

function setBackpressure(s) {
  const now = desired(s) <= 0;
  if (s.writer !== undefined && now !== s.backpressure) {
    const w = writerState(s.writer);
    if (now) w.ready = deferred();
    else w.ready.resolve();
    handled(w.ready.promise);
  }
  s.backpressure = now;
}

function close(s) {
  if (s.state === 'closed' || s.state === 'errored') return Promise.reject(invalidState('WritableStream is closed'));
  s.closing = deferred();
  if (s.writer !== undefined && s.backpressure && s.state === 'writable') writerState(s.writer).ready.resolve();
  s.queue.push(CLOSE, 0);
  advance(s);
  return s.closing?.promise ?? s.inFlightClose.promise;
}

function abort(s, reason) {
  if (s.state === 'closed' || s.state === 'errored') return Promise.resolve();
  s.aborter.abort(reason);
  if (s.state === 'closed' || s.state === 'errored') return Promise.resolve();
  if (s.pendingAbort !== null) return s.pendingAbort.promise;
  const wasErroring = s.state === 'erroring';
  s.pendingAbort = Object.assign(deferred(), { reason: wasErroring ? undefined : reason, wasErroring });
  const { promise } = s.pendingAbort;
  if (!wasErroring) startErroring(s, reason);
  return promise;
}

function startErroring(s, reason) {
  s.state = 'erroring';
  s.error = reason;
  if (s.writer !== undefined) rejectReady(writerState(s.writer), reason);
  if (s.writing === null && s.inFlightClose === null && s.started) finishErroring(s);
}
function rejectReady(w, err) {
  w.ready.reject(err); // those who wait; without effect if it was ready
  const p = deferred();
  p.reject(err);
  w.ready = p;
  handled(p.promise);
}
function dealWith(s, err) {
  if (s.state === 'writable') startErroring(s, err);
  else if (s.state === 'erroring') finishErroring(s);
}
function finishErroring(s) {
  s.state = 'errored';
  s.queue.clear();
  for (const r of s.waiting.splice(0)) r.reject(s.error);
  const request = s.pendingAbort;
  if (request === null) {
    rejectClose(s);
    return;
  }
  s.pendingAbort = null;
  if (request.wasErroring) {
    request.reject(s.error);
    rejectClose(s);
    return;
  }
  attempt(s.abort, s.sink, request.reason).then(() => {
    request.resolve();
    rejectClose(s);
  }, (err) => {
    request.reject(err);
    rejectClose(s);
  });
  clear(s);
}
function clear(s) {
  s.write = s.close = s.abort = undefined;
  s.size = () => 1;
}
function rejectClose(s) {
  if (s.closing !== null) {
    s.closing.reject(s.error);
    handled(s.closing.promise);
    s.closing = null;
  }
  s.closed.reject(s.error);
  if (s.writer !== undefined) {
    writerState(s.writer).closed.reject(s.error);
    handled(writerState(s.writer).closed.promise);
  }
}

// advance starts the next write, or the close.
function advance(s) {
  if (!s.started || s.writing !== null) return;
  if (s.state === 'erroring') {
    if (s.inFlightClose === null) finishErroring(s);
    return;
  }
  if (s.queue.length === 0 || s.state !== 'writable') return;
  if (s.queue.peek() === CLOSE) {
    s.inFlightClose = s.closing;
    s.closing = null;
    s.queue.shift();
    const done = attempt(s.close, s.sink);
    clear(s);
    done.then(() => {
      s.inFlightClose.resolve();
      s.inFlightClose = null;
      if (s.state === 'erroring') {
        s.error = undefined;
        s.pendingAbort?.resolve();
        s.pendingAbort = null;
      }
      s.state = 'closed';
      s.closed.resolve();
      if (s.writer !== undefined) writerState(s.writer).closed.resolve();
    }, (err) => {
      s.inFlightClose.reject(err);
      s.inFlightClose = null;
      s.pendingAbort?.reject(err);
      s.pendingAbort = null;
      dealWith(s, err);
    });
    return;
  }
  s.writing = s.waiting.shift();
  attempt(s.write, s.sink, s.queue.peek(), s.controller).then(() => {
    s.writing.resolve();
    s.writing = null;
    if (s.queue.length > 0) s.queue.shift();
    if (!closeQueued(s) && s.state === 'writable') setBackpressure(s);
    advance(s);
  }, (err) => {
    if (s.state === 'writable') clear(s);
    s.writing.reject(err);
    s.writing = null;
    dealWith(s, err);
  });
}

let writerState;
class WritableStreamDefaultWriter {
  #state;
  static {
    writerState = (w) => w.#state;
  }
  constructor(stream) {
    if (!isStream(stream)) throw errors.invalidArgType('stream', 'WritableStream', stream);
    const s = W(stream);
    if (s.writer !== undefined) throw invalidState('WritableStream is locked');
    const w = { s, ready: deferred(), closed: deferred() };
    this.#state = w;
    s.writer = this;
    switch (s.state) {
      case 'writable':
        if (closeQueued(s) || !s.backpressure) w.ready.resolve();
        break;
      case 'erroring':
        w.ready.reject(s.error);
        break;
      case 'closed':
        w.ready.resolve();
        w.closed.resolve();
        break;
      default:
        w.ready.reject(s.error);
        w.closed.reject(s.error);
    }
    handled(w.ready.promise);
    handled(w.closed.promise);
  }
  get closed() { return this.#state.closed.promise; }
  get ready() { return this.#state.ready.promise; }
  get desiredSize() {
    const { s } = this.#state;
    if (s === undefined) throw invalidState('Writer is not bound to a WritableStream');
    if (s.state === 'errored' || s.state === 'erroring') return null;
    return s.state === 'closed' ? 0 : desired(s);
  }
  abort(reason = undefined) {
    const { s } = this.#state;
    return s === undefined ? Promise.reject(invalidState('Writer is not bound to a WritableStream')) : abort(s, reason);
  }
  close() {
    const { s } = this.#state;
    if (s === undefined) return Promise.reject(invalidState('Writer is not bound to a WritableStream'));
    if (closeQueued(s)) return Promise.reject(invalidState('Failure to close WritableStream'));
    return close(s);
  }
  releaseLock() {
    const w = this.#state;
    if (w.s === undefined) return;
    const err = invalidState('Writer has been released');
    rejectReady(w, err);
    w.closed.reject(err);
    w.closed = deferred();
    w.closed.reject(err);
    handled(w.closed.promise);
    w.s.writer = undefined;
    w.s = undefined;
  }
  write(chunk = undefined) {
    const { s } = this.#state;
    if (s === undefined) return Promise.reject(invalidState('Writer is not bound to a WritableStream'));
    let size;
    try {
      size = s.size(chunk);
    } catch (err) {
      if (s.state === 'writable') startErroring(s, err);
      size = 1;
    }
    if (this.#state.s !== s) return Promise.reject(invalidState('Mismatched WritableStreams'));
    if (s.state === 'errored') return Promise.reject(s.error);
    if (closeQueued(s) || s.state === 'closed') return Promise.reject(invalidState('WritableStream is closed'));
    if (s.state === 'erroring') return Promise.reject(s.error);
    const request = deferred();
    s.waiting.push(request);
    if (badSize(size)) {
      startErroring(s, errors.invalidArgValue('size', size));
      return request.promise;
    }
    s.queue.push(chunk, size);
    if (!closeQueued(s) && s.state === 'writable') setBackpressure(s);
    advance(s);
    return request.promise;
  }
}

for (const [Class, name] of [[WritableStream, 'WritableStream'], [WritableStreamDefaultWriter, 'WritableStreamDefaultWriter'], [WritableStreamDefaultController, 'WritableStreamDefaultController']]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: name, configurable: true });
}
Object.defineProperty(WritableStream.prototype, Symbol.for('nodejs.webstream.isClosedPromise'), { get() { return W(this).closed; }, configurable: true });
Object.assign(exports, { WritableStream, WritableStreamDefaultWriter, WritableStreamDefaultController, isWritableStream: isStream });
Object.assign(native, { W, closeWritable: close, abortWritable: abort, closingOrClosed, startErroring });
