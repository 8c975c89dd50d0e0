// What all streams share: Stream itself, construction, destruction, the end of a stream.
const { Object, Error, TypeError, Symbol, Promise, Reflect } = globalThis;
const EventEmitter = require('events');
const process = require('process');
const { nodeError, AbortError, combine } = require('internal/errors');
const { nextTick } = process;

function Stream(options) {
  EventEmitter.call(this, options);
}
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

// pipe of the oldest kind of stream, which knows neither states nor errors.
Stream.prototype.pipe = function pipe(dest, options) {
  const source = this;
  const ondata = (chunk) => {
    if (dest.writable && dest.write(chunk) === false && source.pause) source.pause();
  };
  const ondrain = () => {
    if (source.readable && source.resume) source.resume();
  };
  let ended = false;
  const onend = () => {
    if (!ended) dest.end();
    ended = true;
  };
  const onclose = () => {
    if (!ended && typeof dest.destroy === 'function') dest.destroy();
    ended = true;
  };
  const onerror = function (err) {
    cleanup();
    if (EventEmitter.listenerCount(this, 'error') === 0) this.emit('error', err);
  };
  const cleanup = () => {
    for (const [who, type, fn] of hooks) who.removeListener(type, fn);
  };
  const hooks = [[source, 'data', ondata], [dest, 'drain', ondrain], [source, 'error', onerror], [dest, 'error', onerror],
    [source, 'end', cleanup], [source, 'close', cleanup], [dest, 'close', cleanup]];
  if (!dest._isStdio && (!options || options.end !== false)) hooks.push([source, 'end', onend], [source, 'close', onclose]);
  for (const [who, type, fn] of hooks) who.on(type, fn);
  dest.emit('pipe', source);
  return dest;
};

const isDestroyed = (s) => Boolean(s?.destroyed || s?._writableState?.destroyed || s?._readableState?.destroyed);

// States of both sides of a stream, those that it has.
function states(stream) {
  const out = [];
  if (stream._readableState) out.push(stream._readableState);
  if (stream._writableState) out.push(stream._writableState);
  return out;
}

const kConstruct = Symbol('kConstruct');
const kDestroy = Symbol('kDestroy');

function destroy(err, cb) {
  const sides = states(this);
  const r = this._readableState;
  const w = this._writableState;
  const main = w || r;
  if (w?.destroyed || r?.destroyed) {
    if (typeof cb === 'function') cb();
    return this;
  }
  for (const s of sides) {
    if (err && !s.errored) s.errored = err;
    s.destroyed = true;
  }
  if (!main.constructed) this.once(kDestroy, (er) => runDestroy(this, combine(er, err), cb));
  else runDestroy(this, err, cb);
  return this;
}

function runDestroy(self, err, cb) {
  let called = false;
  const done = (er) => {
    if (called) return;
    called = true;
    for (const s of states(self)) {
      if (er && !s.errored) s.errored = er;
      s.closed = true;
    }
    if (typeof cb === 'function') cb(er);
    nextTick(er ? emitErrorClose : emitClose, self, er);
  };
  try {
    self._destroy(err || null, done);
  } catch (er) {
    done(er);
  }
}

function emitErrorClose(self, err) {
  emitError(self, err);
  emitClose(self);
}
function emitClose(self) {
  const r = self._readableState;
  const w = self._writableState;
  if (w) w.closeEmitted = true;
  if (r) r.closeEmitted = true;
  if (w?.emitClose || r?.emitClose) self.emit('close');
}
function emitError(self, err) {
  const r = self._readableState;
  const w = self._writableState;
  if (w?.errorEmitted || r?.errorEmitted) return;
  if (w) w.errorEmitted = true;
  if (r) r.errorEmitted = true;
  self.emit('error', err);
}

// errorOrDestroy reports an error: by destroying the stream if it does so itself.
function errorOrDestroy(stream, err, sync) {
  const r = stream._readableState;
  const w = stream._writableState;
  if (w?.destroyed || r?.destroyed) return;
  if (r?.autoDestroy || w?.autoDestroy) {
    stream.destroy(err);
    return;
  }
  if (!err) return;
  for (const s of states(stream)) if (!s.errored) s.errored = err;
  if (sync) nextTick(emitError, stream, err);
  else emitError(stream, err);
}

// construct runs _construct, if there is one, before anything else happens.
function construct(stream, ready) {
  if (typeof stream._construct !== 'function') return;
  const sides = states(stream);
  for (const s of sides) s.constructed = false;
  stream.once(kConstruct, ready);
  if (stream.listenerCount(kConstruct) > 1) return; // a duplex: the other side has begun
  nextTick(() => {
    let called = false;
    const done = (err) => {
      if (called) {
        errorOrDestroy(stream, err ?? nodeError(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'));
        return;
      }
      called = true;
      const now = states(stream);
      for (const s of now) s.constructed = true;
      if ((stream._writableState || stream._readableState).destroyed) stream.emit(kDestroy, err);
      else if (err) errorOrDestroy(stream, err, true);
      else nextTick(() => stream.emit(kConstruct));
    };
    try {
      stream._construct((err) => nextTick(done, err));
    } catch (err) {
      nextTick(done, err);
    }
  });
}

// destroyer ends a stream of whatever kind.
function destroyer(stream, err) {
  if (!stream || isDestroyed(stream)) return;
  if (!err && !isFinished(stream)) err = new AbortError();
  if (typeof stream.destroy === 'function') stream.destroy(err);
  else if (typeof stream.abort === 'function') stream.abort();
  else if (typeof stream.close === 'function') nextTick(() => stream.close());
  if (!stream.destroyed) stream.destroyed = true;
}

const isReadableNode = (s) => Boolean(s && typeof s.pipe === 'function' && typeof s.on === 'function' && (s._readableState || typeof s.pause !== 'function' || !s._writableState || s._readableState?.readable !== false));
const isWritableNode = (s) => Boolean(s && typeof s.write === 'function' && typeof s.on === 'function');
const isNodeStream = (s) => Boolean(s && (s._readableState || s._writableState || (typeof s.write === 'function' && typeof s.on === 'function') || (typeof s.pipe === 'function' && typeof s.on === 'function')));
const isIterable = (v, kind) => v != null && ((kind !== 'sync' && typeof v[Symbol.asyncIterator] === 'function') || (kind !== 'async' && typeof v[Symbol.iterator] === 'function'));
const isReadableFinished = (s) => Boolean(s._readableState?.endEmitted || (s._readableState?.ended && s._readableState.length === 0));
const isWritableFinished = (s) => Boolean(s._writableState?.finished || (s._writableState?.ended && s._writableState.length === 0));
function isFinished(s) {
  if (isDestroyed(s)) return true;
  if (s.readable !== false && s._readableState && s._readableState.readable !== false && !isReadableFinished(s)) return false;
  return !(s.writable !== false && s._writableState && s._writableState.writable !== false && !isWritableFinished(s));
}

function addAbortSignal(signal, stream) {
  const { validateAbortSignal, invalidArgType } = require('internal/errors');
  if (signal === undefined || signal === null) throw invalidArgType('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  if (!isNodeStream(stream)) throw invalidArgType('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  const abort = () => stream.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    abort();
  } else {
    signal.addEventListener('abort', abort, { once: true });
    exports.finished(stream, () => signal.removeEventListener('abort', abort));
  }
  return stream;
}

let byteMark = 16 * 1024;
let objectMark = 16;
const getDefaultHighWaterMark = (objectMode) => (objectMode ? objectMark : byteMark);
function setDefaultHighWaterMark(objectMode, value) {
  require('internal/errors').validateInteger(value, 'value', 0);
  if (objectMode) objectMark = value;
  else byteMark = value;
}
function highWaterMark(options, isDuplex, key, objectMode) {
  const value = options?.highWaterMark != null ? options.highWaterMark : isDuplex ? options?.[key] : null;
  if (value == null) return getDefaultHighWaterMark(objectMode);
  if (!globalThis.Number.isInteger(value) || value < 0) {
    throw require('internal/errors').invalidArgValue(isDuplex && options.highWaterMark == null ? `options.${key}` : 'options.highWaterMark', value);
  }
  return value;
}

const multipleCallback = () => nodeError(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times');
const notImplemented = (name) => nodeError(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `The ${name} method is not implemented`);
const prematureClose = () => nodeError(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close');
const destroyedError = (name) => nodeError(Error, 'ERR_STREAM_DESTROYED', `Cannot call ${name} after a stream was destroyed`);

Object.assign(exports, {
  Stream, EventEmitter, nextTick, nodeError, AbortError, combine, isDestroyed, destroy, errorOrDestroy, construct, destroyer, addAbortSignal,
  isReadableNode, isWritableNode, isNodeStream, isIterable, isReadableFinished, isWritableFinished, isFinished,
  getDefaultHighWaterMark, setDefaultHighWaterMark, highWaterMark, multipleCallback, notImplemented, prematureClose, destroyedError,
});
