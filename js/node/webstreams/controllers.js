// The controllers of ReadableStream: its queues.
const { Object, Promise, TypeError, RangeError, Number, Math, Reflect, Uint8Array, ArrayBuffer } = globalThis;
const errors = require('internal/errors');
const { nodeError } = errors;
const { S, attempt, method, badSize, Queue, kMake, illegal, invalidState, closeStream, errorStream } = native;

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
  if (reader !== undefined && native.readerState(reader).requests.length > 0) {
    native.readerState(reader).requests.shift().chunk(chunk);
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
      const request = reader === undefined ? undefined : native.readerState(reader).requests[0];
      if (request?.view !== undefined) {
        s.queue.push(bytes, bytes.byteLength);
        fill(s, native.readerState(reader));
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
      const request = reader === undefined ? undefined : native.readerState(reader).requests[0];
      if (request?.view === undefined) return null;
      const { view } = request;
      return s.request ??= {
        view: new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
        respond: (n) => {
          s.request = undefined;
          n = Number(n);
          if (S(s.stream).state === 'closed') {
            if (n !== 0) throw invalidState('Controller is already closed');
            native.readerState(reader).requests.splice(0).forEach((r) => r.close());
            return;
          }
          if (!(n > 0) || n > view.byteLength) throw nodeError(n > 0 ? RangeError : TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'bytesWritten' is invalid. Received ${n}`);
          native.readerState(reader).requests.shift();
          request.chunk(new request.type(view.buffer, view.byteOffset, n / (request.type.BYTES_PER_ELEMENT ?? 1)));
          pullIfNeeded(s);
        },
        respondWithNewView: (v) => {
          s.request = undefined;
          native.readerState(reader).requests.shift();
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
  if (stream.reader !== undefined && native.readerState(stream.reader).requests.length > 0) return true;
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
  native.readerState(S(s.stream).reader).requests.push(request);
  pullIfNeeded(s);
}

for (const Class of [ReadableStreamDefaultController, ReadableByteStreamController]) {
  Object.defineProperty(Class.prototype, globalThis.Symbol.toStringTag, { value: Class.name, configurable: true });
}
Object.assign(exports, {
  ReadableStreamDefaultController, ReadableByteStreamController,
  ReadableStreamBYOBRequest: class ReadableStreamBYOBRequest { constructor() { throw illegal(); } },
});
Object.assign(native, { C, startController, cancelController, pullSteps, pullIfNeeded, fill, fail, add });
