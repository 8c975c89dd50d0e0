const { Object, Number, Error } = globalThis;
const { Readable, Writable, finished } = require('stream');
const { Buffer } = require('buffer');
const fs = require('fs');
const { invalidArgType, outOfRange, validateInteger } = require('internal/errors');

function options(o) {
  if (o === undefined || o === null) return {};
  if (typeof o === 'string') return { encoding: o };
  if (typeof o !== 'object') throw invalidArgType('options', ['string', 'Object'], o);
  return o;
}

function position(value, name) {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  if (value === Infinity) return value;
  validateInteger(value, name, 0);
  return value;
}

// check refuses a path before there is a stream that would open it.
function check(path, o) {
  if (o.fd !== undefined && o.fd !== null) return;
  if (typeof path !== 'string' && !Buffer.isBuffer(path) && typeof path?.href !== 'string') {
    throw invalidArgType('path', ['string', 'Buffer', 'URL'], path);
  }
}

// start takes over the descriptor that a stream was given, or opens its path.
function start(stream, path, o, flags) {
  stream.path = path;
  stream.flags = o.flags ?? flags;
  stream.mode = o.mode ?? 0o666;
  stream.bytesRead = 0;
  stream.bytesWritten = 0;
  stream.pending = true;
  stream.autoClose = o.autoClose ?? true;
  const fd = o.fd;
  if (fd !== undefined && fd !== null) {
    stream.fd = typeof fd === 'number' ? fd : fd.fd;
    stream.handle = typeof fd === 'number' ? undefined : fd;
    stream.pending = false;
  } else {
    stream.fd = null;
  }
}

function open(stream, callback) {
  if (stream.fd !== null) { callback(); return; }
  fs.open(stream.path, stream.flags, stream.mode, (e, fd) => {
    if (e) { callback(e); return; }
    stream.fd = fd;
    stream.pending = false;
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

function close(stream, error, callback) {
  const { fd, handle } = stream;
  stream.fd = null;
  if (fd === null) { callback(error); return; }
  if (handle !== undefined) {
    handle.close().then(() => callback(error), callback);
    return;
  }
  fs.close(fd, (e) => callback(e ?? error));
}

class ReadStream extends Readable {
  constructor(path, o) {
    o = options(o);
    check(path, o);
    const from = o.start === undefined ? undefined : position(o.start, 'start');
    const end = o.end === undefined ? Infinity : position(o.end, 'end');
    if (from !== undefined && from > end) throw outOfRange('start', `<= "end" (here: ${end})`, from);
    super({ highWaterMark: o.highWaterMark ?? 65536, encoding: o.encoding, autoDestroy: o.autoClose ?? true, emitClose: o.emitClose ?? true, signal: o.signal });
    start(this, path, o, 'r');
    this.start = from;
    this.end = end;
    this.pos = from;
  }
  _construct(callback) { open(this, callback); }
  _read(n) {
    if (this.end !== Infinity) n = Math.min(n, this.end - (this.pos ?? this.bytesRead) + 1);
    if (n <= 0) { this.push(null); return; }
    const buffer = Buffer.allocUnsafe(n);
    fs.read(this.fd, buffer, 0, n, this.pos ?? null, (e, bytes) => {
      if (e) { this.destroy(e); return; }
      if (this.pos !== undefined) this.pos += bytes;
      this.bytesRead += bytes;
      this.push(bytes > 0 ? buffer.subarray(0, bytes) : null);
    });
  }
  _destroy(error, callback) { close(this, error, callback); }
  close(callback) {
    if (callback) finished(this, callback);
    this.destroy();
  }
}

class WriteStream extends Writable {
  constructor(path, o) {
    o = options(o);
    check(path, o);
    const from = o.start === undefined ? undefined : position(o.start, 'start');
    super({ highWaterMark: o.highWaterMark ?? 16384, defaultEncoding: o.encoding ?? 'utf8', decodeStrings: true, autoDestroy: o.autoClose ?? true, emitClose: o.emitClose ?? true, signal: o.signal });
    start(this, path, o, 'w');
    this.start = from;
    this.pos = from;
  }
  _construct(callback) { open(this, callback); }
  _write(chunk, encoding, callback) {
    fs.write(this.fd, chunk, 0, chunk.length, this.pos ?? null, (e, bytes) => {
      if (e) { callback(e); return; }
      if (this.pos !== undefined) this.pos += bytes;
      this.bytesWritten += bytes;
      callback();
    });
  }
  _destroy(error, callback) { close(this, error, callback); }
  close(callback) {
    if (callback) {
      if (this.closed) { process.nextTick(callback); return; }
      this.on('close', callback);
    }
    if (!this.autoClose) this.on('finish', this.destroy);
    this.end();
  }
}

Object.assign(exports, { ReadStream, WriteStream });
