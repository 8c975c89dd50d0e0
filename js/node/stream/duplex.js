const { Object, Error, TypeError, Symbol, Promise } = globalThis;
const { Readable, Writable, writableProperties, Stream, nextTick, nodeError, construct, highWaterMark, addAbortSignal, notImplemented, isNodeStream, isReadableNode, isWritableNode, isIterable, destroyer, AbortError } = exports;

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  Readable.call(this, options);
  Writable.call(this, options);
  if (options?.readable === false) {
    this._readableState.readable = false;
    this._readableState.ended = true;
    this._readableState.endEmitted = true;
  }
  if (options?.writable === false) {
    const w = this._writableState;
    w.writable = false;
    w.ending = w.ended = w.finished = true;
  }
}
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);
for (const key of Object.getOwnPropertyNames(Writable.prototype)) {
  if (Object.hasOwn(Duplex.prototype, key) || key === 'pipe' || key === 'constructor') continue;
  if (key in Readable.prototype && !(key in writableProperties) && key !== 'destroy') continue;
  if (key === 'closed' || key === 'errored') continue;
  if (key === 'destroyed') continue;
  Object.defineProperty(Duplex.prototype, key, Object.getOwnPropertyDescriptor(Writable.prototype, key));
}
Object.defineProperty(Duplex.prototype, 'destroyed', {
  get() {
    return this._readableState === undefined || this._writableState === undefined ? false : this._readableState.destroyed && this._writableState.destroyed;
  },
  set(v) {
    if (this._readableState && this._writableState) this._readableState.destroyed = this._writableState.destroyed = v;
  },
  configurable: true,
});

const kCallback = Symbol('kCallback');

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  // A readable side with a mark of 0 would never ask for anything.
  const mark = options ? highWaterMark(options, true, 'readableHighWaterMark', Boolean(options.objectMode || options.readableObjectMode)) : undefined;
  if (mark === 0) options = { ...options, highWaterMark: null, readableHighWaterMark: 0, writableHighWaterMark: options.writableHighWaterMark || 0 };
  Duplex.call(this, options);
  this._readableState.sync = false;
  this[kCallback] = null;
  if (options) {
    if (typeof options.transform === 'function') this._transform = options.transform;
    if (typeof options.flush === 'function') this._flush = options.flush;
  }
  this.on('prefinish', prefinish);
}
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);

function final(cb) {
  if (typeof this._flush === 'function' && !this.destroyed) {
    this._flush((err, data) => {
      if (err) {
        if (cb) cb(err);
        else this.destroy(err);
        return;
      }
      if (data != null) this.push(data);
      this.push(null);
      cb?.();
    });
  } else {
    this.push(null);
    cb?.();
  }
}
function prefinish() {
  if (this._final !== final) final.call(this);
}
Transform.prototype._final = final;
Transform.prototype._transform = function _transform() {
  throw notImplemented('_transform()');
};
Transform.prototype._write = function _write(chunk, encoding, callback) {
  const r = this._readableState;
  const w = this._writableState;
  const before = r.length;
  this._transform(chunk, encoding, (err, val) => {
    if (err) {
      callback(err);
      return;
    }
    if (val != null) this.push(val);
    if (w.ended || before === r.length || r.length < r.highWaterMark) callback();
    else this[kCallback] = callback;
  });
};
Transform.prototype._read = function _read() {
  if (this[kCallback]) {
    const callback = this[kCallback];
    this[kCallback] = null;
    callback();
  }
};

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}
Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
Object.setPrototypeOf(PassThrough, Transform);
PassThrough.prototype._transform = function _transform(chunk, encoding, cb) {
  cb(null, chunk);
};

// join makes one duplex of a readable and a writable stream.
function join({ readable, writable }) {
  const r = readable && typeof readable.read !== 'function' ? Readable.wrap(readable) : readable;
  const w = writable;
  let ondrain;
  let onfinish;
  let onreadable;
  let onclose;
  const d = new Duplex({
    readableObjectMode: Boolean(r?.readableObjectMode), writableObjectMode: Boolean(w?.writableObjectMode), readable: Boolean(r), writable: Boolean(w),
  });
  const finished = (err) => {
    const cb = onclose;
    onclose = null;
    if (cb) cb(err);
    else if (err) d.destroy(err);
  };
  if (w) {
    exports.finished(w, { readable: false }, (err) => {
      if (err && r) destroyer(r, err);
      finished(err);
    });
    d._write = (chunk, encoding, cb) => {
      if (w.write(chunk, encoding)) cb();
      else ondrain = cb;
    };
    d._final = (cb) => {
      w.end();
      onfinish = cb;
    };
    w.on('drain', () => { const cb = ondrain; ondrain = null; cb?.(); });
    w.on('finish', () => { const cb = onfinish; onfinish = null; cb?.(); });
  }
  if (r) {
    exports.finished(r, { writable: false }, (err) => {
      if (err && w) destroyer(w, err);
      finished(err);
    });
    r.on('readable', () => { const cb = onreadable; onreadable = null; cb?.(); });
    r.on('end', () => d.push(null));
    d._read = () => {
      for (;;) {
        const chunk = r.read();
        if (chunk === null) {
          onreadable = d._read;
          return;
        }
        if (!d.push(chunk)) return;
      }
    };
  }
  d._destroy = (err, cb) => {
    if (!err && onclose !== null) err = new AbortError();
    onreadable = ondrain = onfinish = null;
    if (onclose === null) {
      cb(err);
    } else {
      onclose = cb;
      if (w) destroyer(w, err);
      if (r) destroyer(r, err);
      if (!w && !r) cb(err);
    }
  };
  return d;
}

Duplex.from = function from(body) {
  const { invalidArgType } = require('internal/errors');
  if (body instanceof Duplex) return body;
  if (isNodeStream(body)) {
    if (body._readableState && body._writableState) return body;
    return isReadableNode(body) && !body._writableState ? join({ readable: body }) : join({ writable: body });
  }
  if (typeof body === 'function') return exports.fromFunction(body);
  if (typeof body === 'string' || isIterable(body)) return Readable.from(body);
  if (typeof body === 'object' && body !== null && (body.readable || body.writable)) {
    const side = (s) => (s && !isNodeStream(s) ? Duplex.from(s) : s);
    return join({ readable: side(body.readable), writable: side(body.writable) });
  }
  if (typeof body?.then === 'function') {
    return Readable.from({
      [Symbol.asyncIterator]() {
        let done = false;
        return {
          async next() {
            if (done) return { value: undefined, done: true };
            done = true;
            const value = await body;
            return value == null ? { value: undefined, done: true } : { value, done: false };
          },
        };
      },
    });
  }
  throw invalidArgType('body', ['Blob', 'ReadableStream', 'WritableStream', 'Stream', 'Iterable', 'AsyncIterable', 'Function', '{ readable, writable } pair', 'Promise'], body);
};
Readable.wrap = function wrap(src, options) {
  return new Readable({ objectMode: src.readableObjectMode ?? src.objectMode ?? true, ...options, destroy(err, cb) { destroyer(src, err); cb(err); } }).wrap(src);
};

Object.assign(exports, { Duplex, Transform, PassThrough });
