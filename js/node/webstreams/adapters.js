// Between Node's streams and web streams.
const { Promise, Uint8Array, Error } = globalThis;
const { Readable, Writable, Duplex, finished } = require('stream');
const web = require('stream/web');
const errors = require('internal/errors');

exports.ReadableToWeb = function (stream, options) {
  if (typeof stream?._readableState !== 'object') throw errors.invalidArgType('streamReadable', 'stream.Readable', stream);
  const { objectMode } = stream._readableState;
  const strategy = options?.strategy ?? (objectMode ? new web.CountQueuingStrategy({ highWaterMark: stream.readableHighWaterMark }) : { highWaterMark: stream.readableHighWaterMark, size: (c) => c.byteLength ?? c.length });
  let controller;
  let over = false;
  const onData = (chunk) => {
    if (!objectMode && typeof chunk !== 'string') chunk = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    controller.enqueue(chunk);
    if (controller.desiredSize <= 0) stream.pause();
  };
  stream.pause();
  finished(stream, { writable: false }, (err) => {
    if (over) return;
    over = true;
    stream.on('error', () => {});
    if (err) controller.error(err.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new errors.AbortError(undefined, { cause: err }) : err);
    else controller.close();
  });
  stream.on('data', onData);
  return new web.ReadableStream({
    start(c) { controller = c; stream.pause(); },
    pull() { stream.resume(); },
    cancel(reason) {
      over = true;
      stream.destroy(reason ?? undefined);
    },
  }, strategy);
};

exports.ReadableFromWeb = function (readable, options = {}) {
  if (!web.isReadableStream(readable)) throw errors.invalidArgType('readableStream', 'ReadableStream', readable);
  const reader = readable.getReader();
  let closed = false;
  const stream = new Readable({
    ...options,
    read() {
      reader.read().then(({ value, done }) => { this.push(done ? null : value); }, (err) => this.destroy(err));
    },
    destroy(err, cb) {
      if (closed) {
        cb(err);
        return;
      }
      reader.cancel(err ?? undefined).then(() => cb(err), () => cb(err));
    },
  });
  reader.closed.then(() => { closed = true; }, (err) => {
    closed = true;
    stream.destroy(err);
  });
  return stream;
};

exports.WritableToWeb = function (stream) {
  if (typeof stream?._writableState !== 'object') throw errors.invalidArgType('streamWritable', 'stream.Writable', stream);
  const { objectMode } = stream._writableState;
  let controller;
  let over = false;
  finished(stream, { readable: false }, (err) => {
    if (over) return;
    over = true;
    stream.on('error', () => {});
    if (err) controller.error(err);
  });
  return new web.WritableStream({
    start(c) { controller = c; },
    async write(chunk) {
      if (stream.writableNeedDrain || !stream.write(chunk)) {
        await new Promise((resolve) => {
          const done = () => {
            stream.off('drain', done);
            stream.off('close', done);
            resolve();
          };
          stream.on('drain', done);
          stream.on('close', done);
        });
      }
    },
    close() {
      return new Promise((resolve, reject) => stream.end((err) => (err ? reject(err) : resolve())));
    },
    abort(reason) {
      over = true;
      stream.destroy(reason instanceof Error ? reason : undefined);
    },
  }, objectMode ? new web.CountQueuingStrategy({ highWaterMark: stream.writableHighWaterMark }) : { highWaterMark: stream.writableHighWaterMark, size: (c) => c?.byteLength ?? c?.length ?? 1 });
};

exports.WritableFromWeb = function (writable, options = {}) {
  if (!web.isWritableStream(writable)) throw errors.invalidArgType('writableStream', 'WritableStream', writable);
  const writer = writable.getWriter();
  let closed = false;
  const stream = new Writable({
    ...options,
    write(chunk, encoding, cb) {
      writer.ready.then(() => writer.write(chunk)).then(() => cb(), cb);
    },
    final(cb) {
      if (closed) cb();
      else writer.close().then(() => cb(), cb);
    },
    destroy(err, cb) {
      if (closed) cb(err);
      else if (err) writer.abort(err).then(() => cb(err), () => cb(err));
      else writer.close().then(() => cb(), () => cb());
    },
  });
  writer.closed.then(() => { closed = true; }, (err) => {
    closed = true;
    stream.destroy(err);
  });
  return stream;
};

exports.DuplexToWeb = (duplex) => ({ readable: exports.ReadableToWeb(duplex), writable: exports.WritableToWeb(duplex) });
exports.DuplexFromWeb = (pair, options) => Duplex.from({ readable: exports.ReadableFromWeb(pair.readable, options), writable: exports.WritableFromWeb(pair.writable, options) });
