// The readers of ReadableStream.
const { Object, Promise, Symbol, TypeError, ArrayBuffer } = globalThis;
const errors = require('internal/errors');
const { nodeError } = errors;
const { S, C, deferred, handled, invalidState, cancelStream, closeStream, isStream, pullSteps, pullIfNeeded, fill } = native;
const { ReadableByteStreamController } = exports;

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

for (const Class of [ReadableStreamDefaultReader, ReadableStreamBYOBReader]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}
Object.assign(exports, { ReadableStreamDefaultReader, ReadableStreamBYOBReader });
Object.assign(native, { readDefault, readerState });
