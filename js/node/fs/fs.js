const { Object, Array, Date, Error, Promise, Symbol, Number, BigInt, Math, String } = globalThis;
const { nodeError, invalidArgType, invalidArgValue, validateFunction, validateObject, validateInteger, validateBoolean } = require('internal/errors');


const { Stats, stats, Dirent, Dir, deferred, S_IFMT, UV_DIR } = require('internal/fs/stats');

const encodings = new Set(['utf8', 'utf-8', 'ucs2', 'ucs-2', 'utf16le', 'utf-16le', 'latin1', 'binary', 'ascii', 'base64', 'base64url', 'hex', 'buffer']);

// options turns an argument that is an encoding or an object into an object.
function options(arg, defaults) {
  if (arg === null || arg === undefined || typeof arg === 'function') return defaults;
  if (typeof arg === 'string') arg = { encoding: arg };
  else if (typeof arg !== 'object') throw invalidArgType('options', ['string', 'Object'], arg);
  const { encoding } = arg;
  if (encoding !== undefined && encoding !== null && !encodings.has(String(encoding).toLowerCase())) {
    throw invalidArgValue('encoding', encoding, 'is invalid encoding');
  }
  if (arg.signal !== undefined && arg.signal !== null && typeof arg.signal !== 'object') throw invalidArgType('options.signal', 'AbortSignal', arg.signal);
  return defaults === undefined ? arg : { ...defaults, ...arg };
}

function text(value, encoding) {
  if (encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8') return value;
  const { Buffer } = require('buffer');
  return encoding === 'buffer' ? Buffer.from(value) : Buffer.from(value).toString(encoding);
}

// The operations, in their synchronous form.

function seconds(value) {
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value === 'string' && +value == value) return +value;
  if (typeof value === 'number' && Number.isFinite(value)) return value < 0 ? Date.now() / 1000 : value;
  throw invalidArgType('time', ['Date', 'Time in seconds'], value);
}

function length(value = 0) {
  validateInteger(value ?? 0, 'len');
  return Math.max(0, value ?? 0);
}

function list(path, o) {
  const [names, kinds] = native.readdir(path);
  if (!o.recursive && !o.withFileTypes) return names.map((name) => text(name, o.encoding));
  const root = native.path(path, 'path');
  const out = [];
  const walk = (dir, prefix, names, kinds) => {
    names.forEach((name, i) => {
      const full = dir.endsWith('/') ? dir + name : `${dir}/${name}`;
      out.push(o.withFileTypes ? new Dirent(text(name, o.encoding), kinds[i], dir) : text(prefix + name, o.encoding));
      if (o.recursive && kinds[i] === UV_DIR) walk(full, `${prefix}${name}/`, ...native.readdir(full));
    });
  };
  walk(root, '', names, kinds);
  return out;
}

function remove(path, o) {
  const name = native.path(path, 'path');
  const force = !!o?.force;
  const fields = native.lstat(name, force);
  if (fields === undefined) return;
  if ((fields[2] & S_IFMT) !== 0o040000) {
    native.unlink(name);
    return;
  }
  if (!o?.recursive) throw isDirectory(name);
  const clear = (dir) => {
    const [names, kinds] = native.readdir(dir);
    names.forEach((entry, i) => {
      const full = `${dir}/${entry}`;
      if (kinds[i] === UV_DIR) clear(full);
      else native.unlink(full);
    });
    native.rmdir(dir);
  };
  clear(name);
}

function isDirectory(path) {
  const e = nodeError(Error, 'ERR_FS_EISDIR', `Path is a directory: rm returned EISDIR (is a directory) ${path}`);
  e.name = 'SystemError';
  e.info = { code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 };
  e.errno = 21;
  e.syscall = 'rm';
  e.path = path;
  return e;
}

function copyTree(src, dest, o = {}) {
  const from = native.path(src, 'src');
  const to = native.path(dest, 'dest');
  const fields = (o.dereference ? native.stat : native.lstat)(from, false);
  if (o.filter !== undefined && !o.filter(from, to)) return;
  const kind = fields[2] & S_IFMT;
  if (kind === 0o040000) {
    if (!o.recursive) {
      const e = nodeError(Error, 'ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: cp returned EISDIR (${from} is a directory (not copied)) ${from}`);
      e.name = 'SystemError';
      throw e;
    }
    if (`${require('path').resolve(to)}/`.startsWith(`${require('path').resolve(from)}/`)) {
      throw nodeError(Error, 'ERR_FS_CP_EINVAL', `Invalid src or dest: cp returned EINVAL (cannot copy ${from} to a subdirectory of self ${to}) ${to}`);
    }
    native.mkdir(to, fields[2] & 0o777, true);
    for (const name of native.readdir(from)[0]) copyTree(`${from}/${name}`, `${to}/${name}`, o);
    return;
  }
  native.mkdir(require('path').dirname(to), 0o777, true);
  if (native.lstat(to, true) !== undefined) {
    if (o.force === false) {
      if (o.errorOnExist) throw nodeError(Error, 'ERR_FS_CP_EEXIST', `Target already exists: cp returned EEXIST (${to} already exists) ${to}`);
      return;
    }
    native.unlink(to);
  }
  if (kind === 0o120000) native.symlink(native.readlink(from), to);
  else native.copyFile(from, to, 0);
  if (o.preserveTimestamps) native.utimes(to, fields[10] / 1000, fields[11] / 1000);
}

function views(buffers) {
  if (!Array.isArray(buffers)) throw invalidArgType('buffers', 'ArrayBufferView[]', buffers);
  return buffers;
}

function readArgs(args) {
  let [buffer, offset, count, position] = args;
  if (args.length === 2 && offset !== undefined && offset !== null) validateObject(offset, 'options');
  if (args.length <= 2 && offset !== null && typeof offset === 'object') ({ offset, length: count, position } = offset);
  if (buffer !== null && typeof buffer === 'object' && buffer.buffer !== undefined && buffer.byteLength === undefined) {
    ({ buffer, offset, length: count, position } = buffer);
  }
  return [buffer, offset, count, position];
}

const sync = {
  access(path, mode) { native.access(path, mode); },
  appendFile(path, data, o) {
    o = options(o, { encoding: 'utf8', mode: 0o666, flag: 'a' });
    native.writeAll(path, data, o.encoding, o.flag ?? 'a', o.mode);
  },
  chmod(path, mode) { native.chmod(path, modeOf(mode)); },
  chown(path, uid, gid) { owner(uid, gid); native.chown(path); },
  lchown(path, uid, gid) { owner(uid, gid); native.chown(path); },
  close(fd) { native.close(fd); },
  copyFile(src, dest, mode = 0) { native.copyFile(src, dest, mode); },
  cp(src, dest, o) { copyTree(src, dest, o); },
  exists(path) { return native.exists(path); },
  fchmod(fd, mode) { native.fstat(fd); modeOf(mode); },
  fchown(fd, uid, gid) { owner(uid, gid); native.fstat(fd); },
  fdatasync(fd) { native.fstat(native.fd(fd)); },
  fsync(fd) { native.fstat(native.fd(fd)); },
  fstat(fd, o) { return stats(native.fstat(fd), o?.bigint); },
  ftruncate(fd, len) { native.ftruncate(fd, length(len)); },
  futimes(fd, atime, mtime) { native.fstat(fd); seconds(atime); seconds(mtime); },
  lchmod(path, mode) { native.chmod(path, modeOf(mode)); },
  link(from, to) { native.link(from, to); },
  lstat(path, o) { return stats(native.lstat(path, o?.throwIfNoEntry === false), o?.bigint); },
  lutimes(path, atime, mtime) { native.utimes(path, seconds(atime), seconds(mtime)); },
  mkdir(path, o) {
    if (typeof o === 'number' || typeof o === 'string') return native.mkdir(path, o, false);
    if (o?.recursive !== undefined) validateBoolean(o.recursive, 'options.recursive');
    return native.mkdir(path, o?.mode, !!o?.recursive);
  },
  mkdtemp(prefix, o) { return text(native.mkdtemp(prefix), options(o, {}).encoding); },
  open(path, flags, mode) { return native.open(path, flags, mode); },
  opendir(path) {
    const name = native.path(path, 'path');
    let entries;
    try {
      entries = list(name, { withFileTypes: true });
    } catch (e) {
      if (e.syscall === 'scandir') throw native.failure(e.code, 'opendir', '');
      throw e;
    }
    return new Dir(name, entries);
  },
  read(fd, ...args) { return native.read(fd, ...readArgs(args)); },
  readdir(path, o) { return list(path, options(o, {})); },
  readFile(path, o) {
    if (o === undefined) return native.readAll(path);
    o = options(o, {});
    return native.readAll(path, o.flag === 'r' ? undefined : o.flag, o.encoding);
  },
  readlink(path, o) { return text(native.readlink(path), options(o, {}).encoding); },
  readv(fd, buffers, position) {
    let total = 0;
    for (const b of views(buffers)) {
      const n = native.read(fd, b, undefined, undefined, typeof position === 'number' ? position + total : null);
      total += n;
      if (n < b.byteLength) break;
    }
    return total;
  },
  realpath(path, o) { return text(native.realpath(path, false), options(o, {}).encoding); },
  rename(from, to) { native.rename(from, to); },
  rm(path, o) { remove(path, o); },
  rmdir(path, o) {
    if (o?.recursive) remove(path, { recursive: true, force: false });
    else native.rmdir(path);
  },
  stat(path, o) { return stats(native.stat(path, o?.throwIfNoEntry === false), o?.bigint); },
  statfs(path, o) {
    native.stat(path);
    const fields = { type: 61267, bsize: 4096, blocks: 131072, bfree: 131072, bavail: 131072, files: 65536, ffree: 65536 };
    if (o?.bigint) for (const key of Object.keys(fields)) fields[key] = BigInt(fields[key]);
    return fields;
  },
  symlink(target, path) { native.symlink(target, path); },
  truncate(path, len) {
    if (typeof path === 'number') native.ftruncate(path, length(len));
    else native.truncate(path, length(len));
  },
  unlink(path) { native.unlink(path); },
  utimes(path, atime, mtime) { native.utimes(path, seconds(atime), seconds(mtime)); },
  write(fd, data, offset, count, position) {
    if (typeof data === 'string') return native.writeText(fd, data, offset, count);
    if (offset !== null && typeof offset === 'object') ({ offset, length: count, position } = offset);
    return native.write(fd, data, offset, count, position);
  },
  writeFile(path, data, o) {
    o = options(o, { encoding: 'utf8', mode: 0o666, flag: 'w' });
    native.writeAll(path, data, o.encoding, o.flag ?? 'w', o.mode);
  },
  writev(fd, buffers, position) {
    let total = 0;
    for (const b of views(buffers)) {
      total += native.write(fd, b, undefined, undefined, typeof position === 'number' ? position + total : null);
    }
    return total;
  },
};

function modeOf(mode) {
  if (mode === undefined || mode === null) throw invalidArgType('mode', 'number', mode);
  return mode;
}

function owner(uid, gid) {
  validateInteger(uid, 'uid', -1, 4294967295);
  validateInteger(gid, 'gid', -1, 4294967295);
}

// isSystem tells failed system calls, which go to the callback, from arguments
// that are wrong, which are thrown.
function isSystem(e) {
  return e !== null && typeof e === 'object' && (typeof e.errno === 'number' || e.name === 'SystemError' || (typeof e.code === 'string' && (e.code.startsWith('ERR_FS_') || e.code.startsWith('ERR_STRING_'))));
}

// results says how many of an operation's arguments follow the result.
const extra = {
  read: (args) => readArgs(args.slice(1))[0],
  write: (args) => args[1],
  readv: (args) => args[1],
  writev: (args) => args[1],
};

function withCallback(name) {
  const operation = sync[name];
  const tail = extra[name];
  // An arrow function: a method would keep the object around it alive.
  return { [name]: (...args) => {
    const callback = args.length > 1 || typeof args[0] === 'function' ? args.pop() : undefined;
    if (typeof callback !== 'function') {
      validateFunction(callback, name === 'opendir' ? 'callback' : 'cb');
    }
    let result;
    try {
      if (tail !== undefined && name === 'read' && args.length === 1) {
        args.push(require('buffer').Buffer.alloc(16384));
      }
      result = operation(...args);
    } catch (e) {
      if (!isSystem(e)) throw e;
      native.later(() => callback(e));
      return;
    }
    if (tail !== undefined) native.later(() => callback(null, result, tail(args)));
    else if (result === undefined) native.later(() => callback(null));
    else native.later(() => callback(null, result));
  } }[name];
}

for (const name of Object.keys(sync)) {
  exports[`${name}Sync`] = Object.defineProperty(sync[name], 'name', { value: `${name}Sync` });
  if (name !== 'exists') exports[name] = withCallback(name);
}

exports.exists = function exists(path, callback) {
  validateFunction(callback, 'cb');
  const found = native.exists(path);
  native.later(() => callback(found));
};
Object.defineProperty(exports.exists, Symbol.for('nodejs.util.promisify.custom'), {
  value: (path) => new Promise((resolve) => exports.exists(path, resolve)),
});
for (const [name, key] of [['read', 'bytesRead'], ['write', 'bytesWritten'], ['readv', 'bytesRead'], ['writev', 'bytesWritten']]) {
  Object.defineProperty(exports[name], Symbol.for('nodejs.util.promisify.custom'), {
    value: (...args) => new Promise((resolve, reject) => exports[name](...args, (e, n, b) => (e ? reject(e) : resolve({ [key]: n, [name.endsWith('v') ? 'buffers' : 'buffer']: b })))),
  });
}
exports.realpathSync.native = function realpathNative(path, o) { return text(native.realpath(path, true), options(o, {}).encoding); };
exports.realpath.native = (path, o, callback = o) => deferred(() => exports.realpathSync.native(path, typeof o === 'function' ? undefined : o), callback);

function unsupported(name) {
  return { [name]() {
    throw nodeError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `Lambent does not support fs.${name}: a function's files do not change by themselves`);
  } }[name];
}
exports.watch = unsupported('watch');
exports.watchFile = unsupported('watchFile');
exports.unwatchFile = function unwatchFile() {};

exports.createReadStream = function createReadStream(path, o) { return new (require('internal/fs/streams').ReadStream)(path, o); };
exports.createWriteStream = function createWriteStream(path, o) { return new (require('internal/fs/streams').WriteStream)(path, o); };
exports.openAsBlob = async function openAsBlob(path, o) {
  const { Blob } = require('buffer');
  return new Blob([native.readAll(path)], { type: o?.type ?? '' });
};
exports._toUnixTimestamp = (time) => seconds(time);

Object.assign(exports, { Stats, Dirent, Dir, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 });

function lazy(name, load) {
  Object.defineProperty(exports, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = load();
      Object.defineProperty(exports, name, { value, configurable: true, enumerable: true, writable: true });
      return value;
    },
    set(value) { Object.defineProperty(exports, name, { value, configurable: true, enumerable: true, writable: true }); },
  });
}
lazy('constants', () => require('internal/constants').fs);
lazy('promises', () => require('fs/promises'));
for (const name of ['ReadStream', 'WriteStream']) {
  lazy(name, () => require('internal/fs/streams')[name]);
  lazy(`File${name}`, () => require('internal/fs/streams')[name]);
}
