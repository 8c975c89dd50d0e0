const { Object, Promise, Symbol, Error, Math } = globalThis;
const fs = require('fs');
const { nodeError, invalidArgType, AbortError } = require('internal/errors');
const EventEmitter = require('events');

// promised makes the promise form of a synchronous operation. The result comes
// in a later turn, as the callback form delivers it.
function promised(name) {
  const callback = fs[name];
  return { [name]: (...args) => new Promise((resolve, reject) => {
    callback(...args, (e, value) => (e ? reject(e) : resolve(value)));
  }) }[name];
}

for (const name of ['access', 'copyFile', 'cp', 'opendir', 'rename', 'truncate', 'rm', 'rmdir', 'mkdir', 'readdir', 'readlink', 'symlink',
  'lstat', 'stat', 'statfs', 'link', 'unlink', 'chmod', 'lchmod', 'lchown', 'chown', 'utimes', 'lutimes', 'realpath', 'mkdtemp']) {
  exports[name] = promised(name);
}

// aborted rejects an operation whose signal has fired.
function check(signal) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

const later = (fn, ...args) => new Promise((resolve, reject) => fn(...args, (e, value) => (e ? reject(e) : resolve(value))));

// each calls an asynchronous function with every item of an iterable.
async function each(data, fn) {
  const iterator = typeof data[Symbol.asyncIterator] === 'function' ? data[Symbol.asyncIterator]() : data[Symbol.iterator]();
  try {
    for (let item; !(item = await iterator.next()).done;) await fn(await item.value);
  } catch (e) {
    await iterator.return?.();
    throw e;
  }
}
function isIterable(data) {
  return data !== null && typeof data === 'object' && typeof data.byteLength !== 'number' &&
    (typeof data[Symbol.asyncIterator] === 'function' || typeof data[Symbol.iterator] === 'function');
}

exports.readFile = async function readFile(path, o) {
  check(o?.signal);
  if (path instanceof FileHandle) return path.readFile(o);
  if (typeof path === 'number') throw invalidArgType('path', ['string', 'Buffer', 'URL'], path);
  return later(fs.readFile, path, o);
};
exports.writeFile = async function writeFile(path, data, o) {
  check(o?.signal);
  if (path instanceof FileHandle) return path.writeFile(data, o);
  if (!isIterable(data)) return later(fs.writeFile, path, data, o);
  const handle = await exports.open(path, o?.flag ?? 'w', o?.mode);
  try {
    await each(data, (chunk) => handle.write(chunk));
  } finally {
    await handle.close();
  }
};
exports.appendFile = async function appendFile(path, data, o) {
  if (typeof o === 'string') o = { encoding: o };
  return exports.writeFile(path, data, { ...o, flag: o?.flag ?? 'a' });
};
exports.open = async function open(path, flags, mode) {
  return new FileHandle(await later(fs.open, path, flags ?? 'r', mode));
};
exports.watch = function watch() { return fs.watch(); };

class FileHandle extends EventEmitter {
  #fd;
  #closing;
  constructor(fd) {
    super();
    this.#fd = fd;
  }
  get fd() { return this.#fd; }
  getAsyncId() { return 0; }
  #call(name, ...args) {
    if (this.#fd === -1) {
      const e = new Error('file closed');
      e.code = 'EBADF';
      e.syscall = name;
      return Promise.reject(e);
    }
    return later(fs[name], this.#fd, ...args);
  }
  close() {
    if (this.#closing !== undefined) return this.#closing;
    if (this.#fd === -1) return Promise.resolve();
    const fd = this.#fd;
    this.#fd = -1;
    this.#closing = later(fs.close, fd).then(() => { this.#closing = undefined; this.emit('close'); });
    return this.#closing;
  }
  [Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]() { return this.close(); }
  stat(o) { return this.#call('fstat', o); }
  sync() { return this.#call('fsync'); }
  datasync() { return this.#call('fdatasync'); }
  truncate(len) { return this.#call('ftruncate', len); }
  chmod(mode) { return this.#call('fchmod', mode); }
  chown(uid, gid) { return this.#call('fchown', uid, gid); }
  utimes(atime, mtime) { return this.#call('futimes', atime, mtime); }
  readFile(o) { return this.#call('readFile', o); }
  async writeFile(data, o) {
    if (isIterable(data)) {
      await each(data, (chunk) => this.write(chunk));
      return undefined;
    }
    return this.#call('writeFile', data, o);
  }
  appendFile(data, o) { return this.writeFile(data, o); }
  async read(buffer, offset, length, position) {
    if (buffer === null || buffer === undefined || buffer.byteLength === undefined) {
      const o = buffer ?? {};
      ({ offset, length, position } = o);
      buffer = o.buffer ?? require('buffer').Buffer.alloc(16384);
    } else if (offset !== null && typeof offset === 'object') {
      ({ offset, length, position } = offset);
    }
    return { bytesRead: await this.#call('read', buffer, offset, length, position ?? null), buffer };
  }
  async write(buffer, ...args) {
    const bytesWritten = await this.#call('write', buffer, ...args);
    return { bytesWritten, buffer };
  }
  async readv(buffers, position) { return { bytesRead: await this.#call('readv', buffers, position), buffers }; }
  async writev(buffers, position) { return { bytesWritten: await this.#call('writev', buffers, position), buffers }; }
  createReadStream(o) { return fs.createReadStream(undefined, { ...o, fd: this }); }
  createWriteStream(o) { return fs.createWriteStream(undefined, { ...o, fd: this }); }
  readLines(o) {
    return require('readline').createInterface({ input: this.createReadStream(o), crlfDelay: Infinity });
  }
  readableWebStream() {
    const { ReadableStream } = require('stream/web');
    return new ReadableStream({
      pull: async (controller) => {
        const { bytesRead, buffer } = await this.read();
        if (bytesRead === 0) controller.close();
        else controller.enqueue(new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead));
      },
    });
  }
}
const Uint8Array = globalThis.Uint8Array;

exports.constants = fs.constants;
