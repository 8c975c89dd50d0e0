const { Error, Promise, Symbol, Array, TypeError, Object } = globalThis;
const { Readable, Duplex, PassThrough, nextTick, nodeError, AbortError, destroyer, isNodeStream, isIterable, isReadableNode, isWritableNode, finished, prematureClose, isReadableFinished } = exports;
const errors = require('internal/errors');

const isWebReadable = (v) => Boolean(v) && typeof v.getReader === 'function';
const isWebWritable = (v) => Boolean(v) && typeof v.getWriter === 'function';
const isWebTransform = (v) => Boolean(v) && isWebReadable(v.readable) && isWebWritable(v.writable);

const iteratorOf = (v) => (typeof v[Symbol.asyncIterator] === 'function' ? v[Symbol.asyncIterator]() : v[Symbol.iterator]());

// iterable turns anything that can be read into something with an iterator.
function iterable(v) {
  if (isIterable(v)) return v;
  if (isNodeStream(v)) return { [Symbol.asyncIterator]: () => Readable.prototype[Symbol.asyncIterator].call(v) };
  if (isWebReadable(v)) return { [Symbol.asyncIterator]: () => require('stream/web').iterate(v) };
  throw errors.invalidArgType('val', ['Readable', 'Iterable', 'AsyncIterable'], v);
}

// pump writes all that an iterable yields into a writable stream.
async function pump(source, dest, finish, end) {
  let error;
  let resume = null;
  const wake = (err) => {
    if (err) error = err;
    const fn = resume;
    resume = null;
    fn?.();
  };
  const wait = () => new Promise((resolve, reject) => {
    if (error) {
      reject(error);
      return;
    }
    resume = () => (error ? reject(error) : resolve());
  });
  dest.on('drain', wake);
  const stop = finished(dest, { readable: false }, wake);
  const it = iteratorOf(source);
  let over = false;
  try {
    if (dest.writableNeedDrain) await wait();
    for (;;) {
      const { value, done } = await it.next();
      if (done) {
        over = true;
        break;
      }
      if (!dest.write(value)) await wait();
    }
    if (end) {
      dest.end();
      await wait();
    }
    finish();
  } catch (err) {
    if (!over) await Promise.resolve(it.return?.()).catch(() => {});
    finish(error !== err && error ? error : err);
  } finally {
    stop();
    dest.off('drain', wake);
  }
}

// watch destroys a stream when the pipeline fails before the stream is through.
function watch(stream, reading, writing) {
  let over = false;
  stream.on('close', () => { over = true; });
  const stop = finished(stream, { readable: reading, writable: writing }, (err) => { over = !err; });
  return {
    destroy(err) {
      if (over) return;
      over = true;
      destroyer(stream, err || nodeError(Error, 'ERR_STREAM_DESTROYED', 'Cannot call pipe after a stream was destroyed'));
    },
    stop,
  };
}

function once(fn) {
  let called = false;
  return (...args) => {
    if (called) return;
    called = true;
    fn(...args);
  };
}

function pipeline(...streams) {
  const callback = streams.pop();
  errors.validateFunction(callback, 'streams[stream.length - 1]');
  return run(streams, once(callback));
}

function run(streams, callback, options) {
  if (streams.length === 1 && Array.isArray(streams[0])) streams = streams[0];
  if (streams.length < 2) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "streams" argument must be specified');
  const { AbortController } = globalThis;
  const ac = new AbortController();
  const { signal } = ac;
  const outer = options?.signal;
  const endLast = options?.end !== false;
  const later = []; // listeners on the last stream, which outlives the pipeline
  errors.validateAbortSignal(outer, 'options.signal');
  let error;
  let value;
  const destroys = [];
  let pending = 0;
  const abort = () => finishImpl(new AbortError(undefined, { cause: outer?.reason }), true);
  outer?.addEventListener('abort', abort, { once: true });
  const finish = (err) => finishImpl(err, --pending === 0);
  function finishImpl(err, final) {
    if (err && (!error || error.code === 'ERR_STREAM_PREMATURE_CLOSE')) error = err;
    if (!error && !final) return;
    while (destroys.length > 0) destroys.shift()(error);
    outer?.removeEventListener('abort', abort);
    ac.abort();
    if (final) {
      if (!error) for (const fn of later) fn();
      nextTick(callback, error, value);
    }
  }

  // settle follows a promise that a function of the pipeline returned.
  const settle = (promise, into) => {
    pending++;
    promise.then((val) => {
      value = val;
      if (into) {
        if (val != null) into.write(val);
        if (endLast) into.end();
      }
      nextTick(finish);
    }, (err) => {
      into?.destroy(err);
      nextTick(finish, err);
    });
  };

  let ret;
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[i];
    const reading = i < streams.length - 1;
    const writing = i > 0;
    const last = i === streams.length - 1;
    const end = reading || endLast;
    if (isNodeStream(stream)) {
      if (end) {
        const { destroy, stop } = watch(stream, reading, writing);
        destroys.push(destroy);
        if (isReadableNode(stream) && last) later.push(stop);
      }
      const onError = (err) => {
        if (err && err.name !== 'AbortError' && err.code !== 'ERR_STREAM_PREMATURE_CLOSE') finish(err);
      };
      stream.on('error', onError);
      if (isReadableNode(stream) && last) later.push(() => stream.removeListener('error', onError));
    }
    if (i === 0) {
      if (typeof stream === 'function') {
        ret = stream({ signal });
        if (!isIterable(ret)) throw nodeError(TypeError, 'ERR_INVALID_RETURN_VALUE', `Expected Iterable, AsyncIterable or Stream to be returned from the "source" function but got ${errors.received(ret).replace(' Received ', '')}.`);
      } else if (isIterable(stream) || isNodeStream(stream) || isWebReadable(stream)) {
        ret = stream;
      } else if (isWebTransform(stream)) {
        ret = stream.readable;
      } else {
        ret = Duplex.from(stream);
      }
    } else if (typeof stream === 'function') {
      ret = stream(iterable(ret), { signal });
      if (reading) {
        if (!isIterable(ret, 'async')) throw nodeError(TypeError, 'ERR_INVALID_RETURN_VALUE', `Expected AsyncIterable to be returned from the "transform[${i - 1}]" function but got ${errors.received(ret).replace(' Received ', '')}.`);
      } else {
        const pt = new PassThrough({ objectMode: true });
        if (typeof ret?.then === 'function') {
          settle(ret, pt);
        } else if (isIterable(ret)) {
          pending++;
          pump(ret, pt, finish, end);
        } else {
          throw nodeError(TypeError, 'ERR_INVALID_RETURN_VALUE', `Expected AsyncIterable or Promise to be returned from the "destination" function but got ${errors.received(ret).replace(' Received ', '')}.`);
        }
        ret = pt;
        const { destroy, stop } = watch(ret, false, true);
        destroys.push(destroy);
        if (last) later.push(stop);
      }
    } else if (isNodeStream(stream)) {
      if (isReadableNode(ret) && isNodeStream(ret)) {
        pending += 2;
        const stop = join(ret, stream, finish, end);
        if (isReadableNode(stream) && last) later.push(stop);
      } else {
        pending++;
        pump(iterable(ret), stream, finish, end);
      }
      ret = stream;
    } else if (isWebTransform(stream) || isWebWritable(stream)) {
      pending++;
      const sink = isWebTransform(stream) ? stream.writable : stream;
      drain(iterable(ret), sink, end).then(() => finish(), finish);
      ret = isWebTransform(stream) ? stream.readable : stream;
    } else {
      ret = Duplex.from(stream);
      pending++;
      pump(iterable(streams[i - 1]), ret, finish, end);
    }
  }
  if (signal.aborted || outer?.aborted) nextTick(abort);
  return ret;
}

async function drain(source, sink, end) {
  const writer = sink.getWriter();
  const it = iteratorOf(source);
  try {
    for (;;) {
      await writer.ready;
      const { value, done } = await it.next();
      if (done) break;
      writer.write(value).catch(() => {});
    }
    await writer.ready;
    if (end) await writer.close();
  } catch (err) {
    await writer.abort(err).catch(() => {});
    throw err;
  }
}

// join pipes one stream into the next and tells when either is through.
function join(src, dst, finish, end) {
  let ended = false;
  dst.on('close', () => {
    if (!ended) finish(prematureClose());
  });
  src.pipe(dst, { end: false });
  if (end) {
    const endDst = () => {
      ended = true;
      dst.end();
    };
    if (isReadableFinished(src)) nextTick(endDst);
    else src.once('end', endDst);
  } else {
    finish();
  }
  finished(src, { readable: true, writable: false }, (err) => {
    const r = src._readableState;
    if (err?.code === 'ERR_STREAM_PREMATURE_CLOSE' && r?.ended && !r.errored && !r.errorEmitted) {
      // The stream pushed its end, but was closed before everybody read it.
      src.once('end', finish).once('error', finish);
    } else {
      finish(err);
    }
  });
  return finished(dst, { readable: false, writable: true }, finish);
}

const promises = {
  pipeline(...streams) {
    let options;
    const tail = streams[streams.length - 1];
    if (tail && typeof tail === 'object' && !isNodeStream(tail) && !isIterable(tail) && !isWebReadable(tail) && !isWebWritable(tail) && !isWebTransform(tail)) {
      options = streams.pop();
    }
    return new Promise((resolve, reject) => {
      run(streams, once((err, value) => (err ? reject(err) : resolve(value))), options);
    });
  },
  finished(stream, options) {
    let cleanup = false;
    if (options === null) options = undefined;
    if (options?.cleanup) {
      errors.validateBoolean(options.cleanup, 'cleanup');
      cleanup = options.cleanup;
    }
    return new Promise((resolve, reject) => {
      const stop = finished(stream, options, (err) => {
        if (cleanup) stop();
        if (err) reject(err);
        else resolve();
      });
    });
  },
};

// compose makes one duplex of several streams and functions.
function compose(...streams) {
  if (streams.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "streams" argument must be specified');
  streams = streams.map((s) => (typeof s === 'function' || !isNodeStream(s) ? Duplex.from(s) : s));
  if (streams.length === 1) return streams[0];
  const head = streams[0];
  const tail = streams[streams.length - 1];
  const d = Duplex.from({ writable: isWritableNode(head) && head._writableState?.writable !== false ? head : undefined, readable: isReadableNode(tail) ? tail : undefined });
  pipeline(...streams, (err) => { if (err) d.destroy(err); });
  return d;
}

// fromFunction makes a duplex of a function that takes an async iterable and
// returns one, or a promise.
exports.fromFunction = function fromFunction(fn) {
  const input = new PassThrough({ objectMode: true });
  const ac = new globalThis.AbortController();
  const result = fn(input, { signal: ac.signal });
  if (isIterable(result)) {
    const output = Readable.from(result, { objectMode: true });
    return Duplex.from({ writable: input, readable: output });
  }
  if (typeof result?.then !== 'function') throw nodeError(TypeError, 'ERR_INVALID_RETURN_VALUE', `Expected Iterable, AsyncIterable or AsyncFunction to be returned from the "body" function but got ${errors.received(result).replace(' Received ', '')}.`);
  const d = new Duplex({
    objectMode: true, readable: false,
    write(chunk, encoding, cb) { if (input.write(chunk, encoding)) cb(); else input.once('drain', cb); },
    final(cb) {
      input.end();
      result.then((v) => cb(v != null ? nodeError(TypeError, 'ERR_INVALID_RETURN_VALUE', 'Expected nully to be returned from the "body" function.') : null), cb);
    },
    destroy(err, cb) { ac.abort(); input.destroy(err); cb(err); },
  });
  result.catch((err) => d.destroy(err));
  return d;
};

Object.assign(exports, { pipeline, promises, compose, iterable, iteratorOf });
