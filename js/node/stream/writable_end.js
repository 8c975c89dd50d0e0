// The end of a Writable, and its properties.
const { Object, Error, Symbol } = globalThis;
const { Writable, accept, errorBuffer, nextTick, nodeError, destroy, errorOrDestroy, destroyedError, multipleCallback } = exports;

Writable.prototype.end = function end(chunk, encoding, cb) {
  const state = this._writableState;
  if (typeof chunk === 'function') {
    cb = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    cb = encoding;
    encoding = null;
  }
  let err;
  if (chunk !== null && chunk !== undefined) {
    const ret = accept(this, chunk, encoding);
    if (ret instanceof Error) err = ret;
  }
  if (state.corked) {
    state.corked = 1;
    this.uncork();
  }
  if (!err) {
    if (!state.errored && !state.ending) {
      state.ending = true;
      finishMaybe(this, state, true);
      state.ended = true;
    } else if (state.finished) {
      err = nodeError(Error, 'ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished');
    } else if (state.destroyed) {
      err = destroyedError('end');
    }
  }
  if (typeof cb === 'function') {
    if (err) nextTick(cb, err);
    else if (state.finished) nextTick(cb);
    else state.onFinished.push(cb);
  }
  return this;
};

const needFinish = (s) => s.ending && !s.destroyed && s.constructed && s.length === 0 && !s.errored && s.buffered.length === 0 &&
  !s.finished && !s.writing && !s.errorEmitted && !s.closeEmitted;

function callFinal(stream, state) {
  let called = false;
  const done = (err) => {
    if (called) {
      errorOrDestroy(stream, err ?? multipleCallback());
      return;
    }
    called = true;
    state.pendingcb--;
    if (err) {
      for (const cb of state.onFinished.splice(0)) cb(err);
      errorOrDestroy(stream, err, state.sync);
    } else if (needFinish(state)) {
      state.prefinished = true;
      stream.emit('prefinish');
      state.pendingcb++;
      nextTick(finish, stream, state);
    }
  };
  state.sync = true;
  state.pendingcb++;
  try {
    stream._final(done);
  } catch (err) {
    done(err);
  }
  state.sync = false;
}

function finishMaybe(stream, state, sync) {
  if (!needFinish(state)) return;
  if (!state.prefinished && !state.finalCalled) {
    if (typeof stream._final === 'function' && !state.destroyed) {
      state.finalCalled = true;
      callFinal(stream, state);
    } else {
      state.prefinished = true;
      stream.emit('prefinish');
    }
  }
  if (state.pendingcb !== 0) return;
  if (sync) {
    state.pendingcb++;
    nextTick(() => {
      if (needFinish(state)) finish(stream, state);
      else state.pendingcb--;
    });
  } else if (needFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}
function finish(stream, state) {
  state.pendingcb--;
  state.finished = true;
  for (const cb of state.onFinished.splice(0)) cb(null);
  stream.emit('finish');
  if (state.autoDestroy) {
    const r = stream._readableState;
    if (!r || (r.autoDestroy && (r.endEmitted || r.readable === false))) stream.destroy();
  }
}

const state = (fn) => ({ get() { return this._writableState ? fn(this._writableState) : undefined; }, enumerable: false, configurable: true });
const props = {
  closed: state((w) => w.closed),
  destroyed: {
    get() { return this._writableState ? this._writableState.destroyed : false; },
    set(v) { if (this._writableState) this._writableState.destroyed = v; },
    configurable: true,
  },
  writable: {
    get() {
      const w = this._writableState;
      return Boolean(w) && w.writable !== false && !w.destroyed && !w.errored && !w.ending && !w.ended;
    },
    set(v) { if (this._writableState) this._writableState.writable = Boolean(v); },
    configurable: true,
  },
  writableFinished: state((w) => w.finished),
  writableObjectMode: state((w) => w.objectMode),
  writableBuffer: state((w) => w.getBuffer()),
  writableEnded: state((w) => w.ending),
  writableNeedDrain: state((w) => !w.destroyed && !w.ending && w.needDrain),
  writableHighWaterMark: state((w) => w.highWaterMark),
  writableCorked: state((w) => w.corked),
  writableLength: state((w) => w.length),
  errored: state((w) => w.errored),
  writableAborted: {
    get() {
      const w = this._writableState;
      return Boolean(w.writable !== false && (w.destroyed || w.errored) && !w.finished);
    },
    configurable: true,
  },
};
Object.defineProperties(Writable.prototype, props);

Writable.prototype.destroy = function (err, cb) {
  const w = this._writableState;
  if (!w.destroyed && (w.bufferedIndex < w.buffered.length || w.onFinished.length > 0)) nextTick(errorBuffer, w);
  destroy.call(this, err, cb);
  return this;
};
Writable.prototype._destroy = function _destroy(err, cb) {
  cb(err);
};
Writable.prototype[Symbol.for('nodejs.rejection')] = function (err) {
  this.destroy(err);
};

Object.assign(exports, { finishMaybe, writableProperties: props });
