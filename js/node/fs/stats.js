// Stats, Dirent and Dir.
const { Object, Date, Error, Promise, Symbol, Number, BigInt, Math } = globalThis;
const { nodeError, validateFunction } = require('internal/errors');

// Stats

const S_IFMT = 0o170000;

class StatsBase {
  isDirectory() { return (Number(this.mode) & S_IFMT) === 0o040000; }
  isFile() { return (Number(this.mode) & S_IFMT) === 0o100000; }
  isSymbolicLink() { return (Number(this.mode) & S_IFMT) === 0o120000; }
  isCharacterDevice() { return (Number(this.mode) & S_IFMT) === 0o020000; }
  isBlockDevice() { return (Number(this.mode) & S_IFMT) === 0o060000; }
  isFIFO() { return (Number(this.mode) & S_IFMT) === 0o010000; }
  isSocket() { return (Number(this.mode) & S_IFMT) === 0o140000; }
}

class Stats extends StatsBase {
  constructor(dev, ino, mode, nlink, uid, gid, rdev, blksize, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs) {
    super();
    this.dev = dev;
    this.mode = mode;
    this.nlink = nlink;
    this.uid = uid;
    this.gid = gid;
    this.rdev = rdev;
    this.blksize = blksize;
    this.ino = ino;
    this.size = size;
    this.blocks = blocks;
    this.atimeMs = atimeMs;
    this.mtimeMs = mtimeMs;
    this.ctimeMs = ctimeMs;
    this.birthtimeMs = birthtimeMs;
    this.atime = new Date(atimeMs);
    this.mtime = new Date(mtimeMs);
    this.ctime = new Date(ctimeMs);
    this.birthtime = new Date(birthtimeMs);
  }
}

class BigIntStats extends StatsBase {
  constructor(s) {
    super();
    for (const key of Object.keys(s)) {
      if (typeof s[key] !== 'number') continue;
      this[key] = BigInt(Math.floor(s[key]));
    }
    for (const key of ['atime', 'mtime', 'ctime', 'birthtime']) {
      const ms = s[`${key}Ms`];
      this[`${key}Ns`] = BigInt(Math.floor(ms)) * 1000000n + BigInt(Math.floor((ms - Math.floor(ms)) * 1e6));
      this[key] = s[key];
    }
  }
}

function stats(fields, bigint) {
  if (fields === undefined) return undefined;
  const s = new Stats(...fields);
  return bigint ? new BigIntStats(s) : s;
}

// Dirent and Dir

const UV_DIR = 2;

class Dirent {
  #kind;
  constructor(name, kind, path) {
    this.name = name;
    this.parentPath = path;
    this.path = path;
    this.#kind = kind;
  }
  isDirectory() { return this.#kind === UV_DIR; }
  isFile() { return this.#kind === 1; }
  isSymbolicLink() { return this.#kind === 3; }
  isCharacterDevice() { return this.#kind === 6; }
  isBlockDevice() { return false; }
  isFIFO() { return false; }
  isSocket() { return false; }
}

class Dir {
  #path; #entries; #closed = false;
  constructor(path, entries) {
    this.#path = path;
    this.#entries = entries;
  }
  get path() { return this.#path; }
  #check() {
    if (this.#closed) throw nodeError(Error, 'ERR_DIR_CLOSED', 'Directory handle was closed');
  }
  readSync() {
    this.#check();
    return this.#entries.shift() ?? null;
  }
  closeSync() {
    this.#check();
    this.#closed = true;
  }
  read(callback) { return deferred(() => this.readSync(), callback); }
  close(callback) { return deferred(() => this.closeSync(), callback); }
  [Symbol.asyncIterator]() {
    const end = () => (this.#closed ? Promise.resolve() : this.close());
    return {
      next: async () => {
        const value = this.#closed ? null : await this.read();
        if (value !== null) return { value, done: false };
        await end();
        return { value: undefined, done: true };
      },
      return: async (value) => {
        await end();
        return { value, done: true };
      },
      [Symbol.asyncIterator]() { return this; },
    };
  }
  entries() { return this[Symbol.asyncIterator](); }
}

// deferred runs an operation and delivers its result to a callback, or without
// one as a promise.
function deferred(operation, callback) {
  if (callback !== undefined) {
    validateFunction(callback, 'callback');
    let result;
    try {
      result = operation();
    } catch (e) {
      native.later(() => callback(e));
      return undefined;
    }
    native.later(() => callback(null, result));
    return undefined;
  }
  return new Promise((resolve, reject) => {
    try {
      const result = operation();
      native.later(() => resolve(result));
    } catch (e) {
      native.later(() => reject(e));
    }
  });
}

Object.assign(exports, { Stats, stats, Dirent, Dir, deferred, S_IFMT, UV_DIR });
