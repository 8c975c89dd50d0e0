// The rest of Readable: pipes, modes, iteration, properties.
const { Object, Error, TypeError, Symbol, Promise, Set } = globalThis;
const { Readable, Stream, nextTick, nodeError, AbortError, errorOrDestroy, emitReadable, flow, destroyer, isIterable } = exports;
const { prependListener } = Stream.prototype;

Readable.prototype.pipe = function pipe(dest, options) {
  const src = this;
  const state = this._readableState;
  state.pipes.push(dest);
  const endsDest = (!options || options.end !== false) && !dest._isStdio;
  const onEnd = endsDest ? () => dest.end() : () => unpipeMe();
  if (state.endEmitted) nextTick(onEnd);
  else src.once('end', onEnd);

  let ondrain;
  let cleanedUp = false;
  const onUnpipe = (readable, info) => {
    if (readable === src && info && info.hasUnpiped === false) {
      info.hasUnpiped = true;
      cleanup();
    }
  };
  dest.on('unpipe', onUnpipe);
  function cleanup() {
    dest.removeListener('close', onClose);
    dest.removeListener('finish', onFinish);
    if (ondrain) dest.removeListener('drain', ondrain);
    dest.removeListener('error', onError);
    dest.removeListener('unpipe', onUnpipe);
    src.removeListener('end', onEnd);
    src.removeListener('data', onData);
    cleanedUp = true;
    if (ondrain && state.waiting?.has(dest) && (!dest._writableState || dest._writableState.needDrain)) ondrain();
  }
  function pause() {
    if (!cleanedUp) {
      (state.waiting ??= new Set()).add(dest);
      src.pause();
    }
    if (!ondrain) {
      ondrain = () => {
        state.waiting?.delete(dest);
        if ((!state.waiting || state.waiting.size === 0) && src.listenerCount('data') > 0) src.resume();
      };
      dest.on('drain', ondrain);
    }
  }
  src.on('data', onData);
  function onData(chunk) {
    if (dest.write(chunk) === false) pause();
  }
  function onError(err) {
    unpipeMe();
    dest.removeListener('error', onError);
    if (dest.listenerCount('error') === 0) {
      const s = dest._writableState || dest._readableState;
      if (s && !s.errorEmitted) errorOrDestroy(dest, err);
      else dest.emit('error', err);
    }
  }
  prependListener.call(dest, 'error', onError);
  function onClose() {
    dest.removeListener('finish', onFinish);
    unpipeMe();
  }
  dest.once('close', onClose);
  function onFinish() {
    dest.removeListener('close', onClose);
    unpipeMe();
  }
  dest.once('finish', onFinish);
  function unpipeMe() {
    src.unpipe(dest);
  }
  dest.emit('pipe', src);
  if (dest.writableNeedDrain === true) pause();
  else if (!state.flowing) src.resume();
  return dest;
};

Readable.prototype.unpipe = function unpipe(dest) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;
  if (!dest) {
    const all = state.pipes;
    state.pipes = [];
    this.pause();
    for (const d of all) d.emit('unpipe', this, { hasUnpiped: false });
    return this;
  }
  const at = state.pipes.indexOf(dest);
  if (at < 0) return this;
  state.pipes.splice(at, 1);
  if (state.pipes.length === 0) this.pause();
  dest.emit('unpipe', this, { hasUnpiped: false });
  return this;
};

Readable.prototype.on = function on(type, fn) {
  const res = Stream.prototype.on.call(this, type, fn);
  const state = this._readableState;
  if (type === 'data') {
    state.readableListening = this.listenerCount('readable') > 0;
    if (state.flowing !== false) this.resume();
  } else if (type === 'readable' && !state.endEmitted && !state.readableListening) {
    state.readableListening = state.needReadable = true;
    state.flowing = false;
    state.emittedReadable = false;
    if (state.length) emitReadable(this);
    else if (!state.reading) nextTick(() => this.read(0));
  }
  return res;
};
Readable.prototype.addListener = Readable.prototype.on;
Readable.prototype.removeListener = function removeListener(type, fn) {
  const res = Stream.prototype.removeListener.call(this, type, fn);
  if (type === 'readable') nextTick(relisten, this);
  return res;
};
Readable.prototype.off = Readable.prototype.removeListener;
Readable.prototype.removeAllListeners = function removeAllListeners(type) {
  const res = Stream.prototype.removeAllListeners.apply(this, arguments);
  if (type === 'readable' || type === undefined) nextTick(relisten, this);
  return res;
};
function relisten(self) {
  const state = self._readableState;
  state.readableListening = self.listenerCount('readable') > 0;
  if (state.resumeScheduled && state.paused === false) state.flowing = true;
  else if (self.listenerCount('data') > 0) self.resume();
  else if (!state.readableListening) state.flowing = null;
}

Readable.prototype.resume = function resume() {
  const state = this._readableState;
  if (!state.flowing) {
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      nextTick(resumeNow, this, state);
    }
  }
  state.paused = false;
  return this;
};
function resumeNow(stream, state) {
  if (!state.reading) stream.read(0);
  state.resumeScheduled = false;
  stream.emit('resume');
  flow(stream);
  if (state.flowing && !state.reading) stream.read(0);
}
Readable.prototype.pause = function pause() {
  if (this._readableState.flowing !== false) {
    this._readableState.flowing = false;
    this.emit('pause');
  }
  this._readableState.paused = true;
  return this;
};

Readable.prototype.wrap = function wrap(old) {
  let paused = false;
  old.on('data', (chunk) => {
    if (!this.push(chunk) && old.pause) {
      paused = true;
      old.pause();
    }
  });
  old.on('end', () => this.push(null));
  old.on('error', (err) => errorOrDestroy(this, err));
  old.on('close', () => this.destroy());
  old.on('destroy', () => this.destroy());
  this._read = () => {
    if (paused && old.resume) {
      paused = false;
      old.resume();
    }
  };
  for (const key of Object.keys(old)) if (this[key] === undefined && typeof old[key] === 'function') this[key] = old[key].bind(old);
  return this;
};

// Iteration: chunks are read as they are asked for.
function iterate(stream, options) {
  let wake = () => {};
  const next = function (resolve) {
    if (this === stream) {
      wake();
      wake = () => {};
    } else {
      wake = resolve;
    }
  };
  stream.on('readable', next);
  let failure;
  const stop = exports.finished(stream, { writable: false }, (err) => {
    failure = err ?? null;
    wake();
    wake = () => {};
  });
  let done = false;
  const finish = (err) => {
    done = true;
    if ((err || options?.destroyOnReturn !== false) && (failure === undefined || stream._readableState.autoDestroy)) {
      destroyer(stream, null);
    } else {
      stream.off('readable', next);
      stop();
    }
  };
  async function step() {
    while (!done) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) return { value: chunk, done: false };
      if (failure) {
        const err = failure;
        finish(err);
        throw err;
      }
      if (failure === null) {
        finish();
        break;
      }
      await new Promise(next);
    }
    return { value: undefined, done: true };
  }
  let queue = Promise.resolve();
  const enqueue = (fn) => {
    const p = queue.then(fn);
    queue = p.then(() => {}, () => {});
    return p;
  };
  return {
    next: () => enqueue(step),
    return: (value) => enqueue(async () => {
      if (!done) finish();
      return { value, done: true };
    }),
    throw: (err) => enqueue(async () => {
      if (!done) finish(err);
      throw err;
    }),
    [Symbol.asyncIterator]() { return this; },
    stream,
  };
}
Readable.prototype[Symbol.asyncIterator] = function () {
  return iterate(this);
};
Readable.prototype.iterator = function iterator(options) {
  if (options !== undefined) require('internal/errors').validateObject(options, 'options');
  return iterate(this, options);
};

// from makes a stream of what an iterable yields.
Readable.from = function from(iterable, options) {
  const { Buffer } = require('buffer');
  if (typeof iterable === 'string' || iterable instanceof Buffer) {
    return new Readable({ objectMode: true, ...options, read() { this.push(iterable); this.push(null); } });
  }
  const isAsync = iterable != null && typeof iterable[Symbol.asyncIterator] === 'function';
  if (!isAsync && !isIterable(iterable, 'sync')) throw require('internal/errors').invalidArgType('iterable', ['Iterable'], iterable);
  const it = isAsync ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  const stream = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let reading = false;
  stream._read = function () {
    if (!reading) {
      reading = true;
      pull();
    }
  };
  stream._destroy = function (error, cb) {
    close(error).then(() => nextTick(cb, error), (e) => nextTick(cb, e || error));
  };
  async function close(error) {
    const failed = error !== undefined && error !== null;
    if (failed && typeof it.throw === 'function') {
      const { value, done } = await it.throw(error);
      await value;
      if (done) return;
    }
    if (typeof it.return === 'function') await (await it.return()).value;
  }
  async function pull() {
    for (;;) {
      try {
        const { value, done } = isAsync ? await it.next() : it.next();
        if (done) {
          stream.push(null);
          return;
        }
        const res = value && typeof value.then === 'function' ? await value : value;
        if (res === null) {
          reading = false;
          throw nodeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
        }
        if (!stream.push(res)) {
          reading = false;
          return;
        }
      } catch (err) {
        stream.destroy(err);
        return;
      }
    }
  }
  return stream;
};

const get = (fn) => ({ get: fn, enumerable: false, configurable: true });
Object.defineProperties(Readable.prototype, {
  readable: {
    get() {
      const r = this._readableState;
      return Boolean(r) && r.readable !== false && !r.destroyed && !r.errorEmitted && !r.endEmitted;
    },
    set(v) { if (this._readableState) this._readableState.readable = Boolean(v); },
    configurable: true,
  },
  readableDidRead: get(function () { return this._readableState.dataEmitted; }),
  readableAborted: get(function () {
    const r = this._readableState;
    return Boolean(r.readable !== false && (r.destroyed || r.errored) && !r.endEmitted);
  }),
  readableHighWaterMark: get(function () { return this._readableState.highWaterMark; }),
  readableBuffer: get(function () { return this._readableState.buffer.slice(this._readableState.head); }),
  readableFlowing: { get() { return this._readableState.flowing; }, set(v) { if (this._readableState) this._readableState.flowing = v; }, configurable: true },
  readableLength: get(function () { return this._readableState.length; }),
  readableObjectMode: get(function () { return this._readableState ? this._readableState.objectMode : false; }),
  readableEncoding: get(function () { return this._readableState ? this._readableState.encoding : null; }),
  readableEnded: get(function () { return this._readableState ? this._readableState.endEmitted : false; }),
  errored: get(function () { return this._readableState ? this._readableState.errored : null; }),
  closed: get(function () { return this._readableState ? this._readableState.closed : false; }),
  destroyed: {
    get() { return this._readableState ? this._readableState.destroyed : false; },
    set(v) { if (this._readableState) this._readableState.destroyed = v; },
    configurable: true,
  },
});
