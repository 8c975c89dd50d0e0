// TransformStream, pipes, tee, iteration, strategies and text streams.
const { Object, Promise, Symbol, TypeError, Error } = globalThis;
const errors = require('internal/errors');
const { S, C, W, deferred, handled, attempt, method, strategyOf, kMake, illegal, invalidState, nop, cancelStream, readDefault, readerState, fail, add, closingOrClosed } = native;
const { ReadableStream, WritableStream, ReadableStreamDefaultReader } = exports;
const { nodeError } = errors;

class TransformStreamDefaultController {
  #t;
  constructor(key, t) {
    if (key !== kMake) throw illegal();
    this.#t = t;
  }
  get desiredSize() { return this.#t.readable.desiredSize; }
  enqueue(chunk = undefined) {
    const t = this.#t;
    const before = t.readable;
    try {
      before.enqueue(chunk);
    } catch (err) {
      t.fail(S(t.stream.readable).error ?? err);
      throw S(t.stream.readable).error ?? err;
    }
    if (before.desiredSize <= 0 && readerState_(t.stream.readable) === 0) t.setBackpressure(true);
  }
  error(reason = undefined) { this.#t.error(reason); }
  terminate() {
    const t = this.#t;
    t.closeReadable();
    t.fail(invalidState('TransformStream has been terminated'));
  }
}
const readerState_ = (stream) => {
  const { reader } = S(stream);
  return reader === undefined ? 0 : readerState(reader).requests.length;
};

class TransformStream {
  #readable;
  #writable;
  constructor(transformer = {}, writableStrategy = {}, readableStrategy = {}) {
    if (transformer === null || typeof transformer !== 'object') throw errors.invalidArgType('transformer', 'Object', transformer);
    if (transformer.readableType !== undefined) throw errors.invalidArgValue('transformer.readableType', transformer.readableType);
    if (transformer.writableType !== undefined) throw errors.invalidArgValue('transformer.writableType', transformer.writableType);
    const start = method(transformer, 'start');
    const transform = method(transformer, 'transform') ?? ((chunk, c) => c.enqueue(chunk));
    const flush = method(transformer, 'flush');
    const cancel = method(transformer, 'cancel');
    const started = deferred();
    let backpressure = true;
    let change = deferred();
    const t = {
      stream: this,
      readable: undefined,
      setBackpressure(now) {
        if (backpressure === now) return;
        backpressure = now;
        change.resolve();
        change = deferred();
      },
      fail: (err) => {
        t.sink?.error(err);
        if (backpressure) t.setBackpressure(false);
      },
      error: (err) => {
        t.readable.error(err);
        t.fail(err);
      },
      closeReadable: () => {
        if (S(this.#readable).state === 'readable' && !C(t.readable).closing) t.readable.close();
      },
    };
    const controller = new TransformStreamDefaultController(kMake, t);
    this.#writable = new WritableStream({
      start: (c) => {
        t.sink = c;
        return started.promise;
      },
      write: async (chunk) => {
        while (backpressure) {
          await change.promise;
          const w = W(this.#writable);
          if (w.state === 'erroring') throw w.error;
        }
        try {
          await attempt(transform, transformer, chunk, controller);
        } catch (err) {
          t.error(err);
          throw err;
        }
      },
      close: async () => {
        try {
          await attempt(flush, transformer, controller);
        } catch (err) {
          t.error(err);
          throw err;
        }
        const r = S(this.#readable);
        if (r.state === 'errored') throw r.error;
        t.closeReadable();
      },
      abort: async (reason) => {
        await attempt(cancel, transformer, reason);
        t.error(reason);
      },
    }, { highWaterMark: 1, ...plain(writableStrategy) });
    this.#readable = new ReadableStream({
      start: (c) => {
        t.readable = c;
        return started.promise;
      },
      pull: () => {
        t.setBackpressure(false);
        return change.promise;
      },
      cancel: async (reason) => {
        await attempt(cancel, transformer, reason);
        t.fail(reason);
      },
    }, { highWaterMark: 0, ...plain(readableStrategy) });
    if (start !== undefined) started.resolve(globalThis.Reflect.apply(start, transformer, [controller]));
    else started.resolve();
  }
  get readable() { return this.#readable; }
  get writable() { return this.#writable; }
}
const plain = (s) => {
  const out = {};
  if (s?.highWaterMark !== undefined) out.highWaterMark = s.highWaterMark;
  if (s?.size !== undefined) out.size = (chunk) => s.size(chunk);
  return out;
};

// pipe reads from one stream and writes to another until either ends.
exports.pipe = function pipe(source, dest, { preventClose = false, preventAbort = false, preventCancel = false, signal } = {}) {
  const reader = source.getReader();
  const writer = dest.getWriter();
  S(source).disturbed = true;
  const done = deferred();
  let over = false;
  let current = Promise.resolve();
  const finish = (action, err, failed) => {
    if (over) return;
    over = true;
    const end = (e, bad) => {
      writer.releaseLock();
      reader.releaseLock();
      if (bad) done.reject(e);
      else done.resolve();
    };
    // What was read must be written before the destination is closed.
    const drained = W(dest).state === 'writable' && !closingOrClosed(W(dest)) ? current : Promise.resolve();
    drained.then(nop, nop).then(() => (action === undefined ? undefined : action())).then(() => end(err, failed), (e) => end(e, true));
  };
  let abort;
  if (signal !== undefined) {
    abort = () => finish(() => Promise.all([
      preventAbort || W(dest).state !== 'writable' ? undefined : writer.abort(signal.reason),
      preventCancel || S(source).state !== 'readable' ? undefined : cancelStream(source, signal.reason),
    ]), signal.reason, true);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  reader.closed.then(
    () => finish(preventClose ? undefined : () => (closingOrClosed(W(dest)) ? writer.closed : writer.close())),
    (err) => finish(preventAbort ? undefined : () => writer.abort(err), err, true));
  writer.closed.then(
    () => {
      const err = invalidState('Destination WritableStream is closed');
      if (S(source).state === 'readable') finish(preventCancel ? undefined : () => cancelStream(source, err), err, true);
    },
    (err) => finish(preventCancel ? undefined : () => cancelStream(source, err), err, true));
  const step = () => {
    if (over) return;
    writer.ready.then(() => {
      if (over) return;
      readDefault(reader, {
        chunk: (value) => {
          current = handled(writer.write(value));
          globalThis.queueMicrotask(step);
        },
        close: nop,
        error: nop,
      });
    }, nop);
  };
  step();
  return done.promise.finally(() => signal?.removeEventListener('abort', abort));
};

exports.tee = function tee(stream) {
  const reader = stream.getReader();
  let reading = false;
  let again = false;
  const branches = [{}, {}];
  const cancelled = deferred();
  const pull = () => {
    if (reading) {
      again = true;
      return Promise.resolve();
    }
    reading = true;
    readDefault(reader, {
      chunk: (value) => globalThis.queueMicrotask(() => {
        again = false;
        for (const b of branches) if (!b.cancelled) b.controller.enqueue(value);
        reading = false;
        if (again) pull();
      }),
      close: () => {
        reading = false;
        for (const b of branches) if (!b.cancelled) b.controller.close();
        if (!branches[0].cancelled || !branches[1].cancelled) cancelled.resolve();
      },
      error: () => { reading = false; },
    });
    return Promise.resolve();
  };
  const branch = (b, other) => new ReadableStream({
    start(c) { b.controller = c; },
    pull,
    cancel(reason) {
      b.cancelled = true;
      b.reason = reason;
      if (other.cancelled) cancelStream(stream, [branches[0].reason, branches[1].reason]).then(cancelled.resolve, cancelled.reject);
      return cancelled.promise;
    },
  });
  const pair = [branch(branches[0], branches[1]), branch(branches[1], branches[0])];
  reader.closed.catch((err) => {
    for (const b of branches) b.controller.error(err);
    cancelled.resolve();
  });
  return pair;
};

exports.iterate = function iterate(stream, preventCancel = false) {
  const reader = stream.getReader();
  let over = false;
  let queue = Promise.resolve();
  const enqueue = (fn) => {
    const p = queue.then(fn, fn);
    queue = p.then(nop, nop);
    return p;
  };
  return Object.create(iteratorPrototype, {
    next: {
      value: () => enqueue(async () => {
        if (over) return { value: undefined, done: true };
        try {
          const res = await reader.read();
          if (res.done) {
            over = true;
            reader.releaseLock();
          }
          return res;
        } catch (err) {
          over = true;
          reader.releaseLock();
          throw err;
        }
      }),
    },
    return: {
      value: (value) => enqueue(async () => {
        if (over) return { value, done: true };
        over = true;
        const p = preventCancel ? undefined : reader.cancel(value);
        reader.releaseLock();
        await p;
        return { value, done: true };
      }),
    },
  });
};
const iteratorPrototype = { [Symbol.asyncIterator]() { return this; } };

class CountQueuingStrategy {
  #high;
  constructor(init) {
    if (init?.highWaterMark === undefined) throw nodeError(TypeError, 'ERR_MISSING_OPTION', 'init.highWaterMark is required');
    this.#high = +init.highWaterMark;
  }
  get highWaterMark() { return this.#high; }
  get size() { return countSize; }
}
const countSize = Object.defineProperty(() => 1, 'name', { value: 'size' });
class ByteLengthQueuingStrategy {
  #high;
  constructor(init) {
    if (init?.highWaterMark === undefined) throw nodeError(TypeError, 'ERR_MISSING_OPTION', 'init.highWaterMark is required');
    this.#high = +init.highWaterMark;
  }
  get highWaterMark() { return this.#high; }
  get size() { return byteSize; }
}
const byteSize = Object.defineProperty((chunk) => chunk.byteLength, 'name', { value: 'size' });

class TextEncoderStream {
  #transform;
  constructor() {
    const encoder = new globalThis.TextEncoder();
    let high = ''; // a surrogate that waits for its other half
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        let text = high + `${chunk}`;
        high = '';
        const last = text.charCodeAt(text.length - 1);
        if (last >= 0xd800 && last < 0xdc00) {
          high = text[text.length - 1];
          text = text.slice(0, -1);
        }
        if (text !== '') controller.enqueue(encoder.encode(text));
      },
      flush(controller) {
        if (high !== '') controller.enqueue(new globalThis.Uint8Array([0xef, 0xbf, 0xbd]));
      },
    });
  }
  get encoding() { return 'utf-8'; }
  get readable() { return this.#transform.readable; }
  get writable() { return this.#transform.writable; }
}
class TextDecoderStream {
  #decoder;
  #transform;
  constructor(encoding = 'utf-8', options = {}) {
    const decoder = new globalThis.TextDecoder(encoding, options);
    this.#decoder = decoder;
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }
  get encoding() { return this.#decoder.encoding; }
  get fatal() { return this.#decoder.fatal; }
  get ignoreBOM() { return this.#decoder.ignoreBOM; }
  get readable() { return this.#transform.readable; }
  get writable() { return this.#transform.writable; }
}
for (const Class of [TransformStream, TransformStreamDefaultController, CountQueuingStrategy, ByteLengthQueuingStrategy, TextEncoderStream, TextDecoderStream]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}
for (const name of ['CompressionStream', 'DecompressionStream']) {
  Object.defineProperty(exports, name, { configurable: true, enumerable: true, get: () => globalThis[name] });
}
Object.assign(exports, { TransformStream, TransformStreamDefaultController, CountQueuingStrategy, ByteLengthQueuingStrategy, TextEncoderStream, TextDecoderStream });
const hidden = {
  isDisturbed: (s) => exports.isReadableStream(s) && S(s).disturbed,
  isErrored: (s) => (exports.isReadableStream(s) ? S(s).state === 'errored' : exports.isWritableStream(s) && W(s).state === 'errored'),
  isReadable: (s) => exports.isReadableStream(s) && S(s).state === 'readable',
};
for (const name of ['pipe', 'tee', 'iterate', 'isReadableStream', 'isWritableStream']) Object.defineProperty(exports, name, { enumerable: false });
for (const name of Object.keys(hidden)) Object.defineProperty(exports, name, { value: hidden[name], enumerable: false });
