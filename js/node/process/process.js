const { Object, Array, Symbol, Error, TypeError, Number, String, Reflect, ArrayBuffer } = globalThis;
const { process, target, memoryLimit } = native;
const errors = () => require('internal/errors');

const EMITTER = ['addListener', 'on', 'prependListener', 'once', 'prependOnceListener', 'removeListener', 'off',
  'removeAllListeners', 'listeners', 'rawListeners', 'listenerCount', 'eventNames', 'emit', 'setMaxListeners', 'getMaxListeners'];

// late defines methods that are replaced by a real prototype at their first use.
function late(target, names, load) {
  const ready = (self) => {
    for (const name of names) delete target[name];
    load(self);
  };
  for (const name of names) {
    Object.defineProperty(target, name, {
      configurable: true, enumerable: false,
      get() {
        ready(this);
        return this[name];
      },
      set(value) {
        Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
      },
    });
  }
}

const hide = (target, key, value) => Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
const unavailable = (name, why) => () => {
  throw errors().nodeError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `Lambent does not support process.${name}: ${why}`);
};

function checkCode(value, name) {
  if (value === undefined || value === null) return;
  if (typeof value === 'string' && value !== '' && Number.isInteger(Number(value))) return;
  errors().validateInteger(value, name);
}

let exitCode;
function exit(code) {
  checkCode(code, 'code');
  if (code !== undefined && code !== null) exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    if (native.isEmitter()) process.emit('exit', Number(exitCode ?? 0));
  }
  native.exit(Number(exitCode ?? 0));
}

// Warnings.
let hinted = false;
function show(warning) {
  if (warning.name === 'DeprecationWarning' && process.noDeprecation) return;
  const trace = process.traceProcessWarnings || (warning.name === 'DeprecationWarning' && process.traceDeprecation);
  let text = `(node:${process.pid}) `;
  if (warning.code) text += `[${warning.code}] `;
  text += trace && warning.stack ? warning.stack : `${warning.name}: ${warning.message}`;
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  if (!trace && !hinted) {
    text += `\n(Use \`node --trace-${warning.name === 'DeprecationWarning' ? 'deprecation' : 'warnings'} ...\` to show where the warning was created)`;
    hinted = true;
  }
  console.error(text);
}
function emitWarning(warning, type, code, ctor) {
  let detail;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ctor = type.ctor;
    code = type.code;
    if (typeof type.detail === 'string') detail = type.detail;
    type = type.type || 'Warning';
  } else if (typeof type === 'function') {
    ctor = type;
    code = '';
    type = 'Warning';
  }
  if (type !== undefined) errors().validateString(type, 'type');
  if (typeof code === 'function') code = undefined;
  else if (code !== undefined) errors().validateString(code, 'code');
  if (typeof warning === 'string') {
    const e = new Error(warning);
    e.name = String(type || 'Warning');
    if (code !== undefined) e.code = code;
    if (detail !== undefined) e.detail = detail;
    warning = e;
  } else if (!(warning instanceof Error)) {
    throw errors().invalidArgType('warning', ['Error', 'string'], warning);
  }
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      process.nextTick(() => { throw warning; });
      return;
    }
  }
  process.nextTick(() => {
    show(warning);
    process.emit('warning', warning);
  });
}

// Time.
function hrtime(time) {
  const now = native.nanoseconds();
  const s = Math.floor(now[0]);
  const n = now[1];
  if (time === undefined) return [s, n];
  errors().validateArray(time, 'time');
  if (time.length !== 2) throw errors().outOfRange('time', '2', time.length);
  const sec = s - time[0];
  const nano = n - time[1];
  return nano < 0 ? [sec - 1, nano + 1e9] : [sec, nano];
}
const { Math, BigInt } = globalThis;
hrtime.bigint = function bigint() {
  const [s, n] = native.nanoseconds();
  return BigInt(s) * 1000000000n + BigInt(n);
};

function memoryUsage() {
  return { rss: memoryLimit, heapTotal: memoryLimit, heapUsed: 0, external: 0, arrayBuffers: 0 };
}
memoryUsage.rss = function rss() {
  return memoryLimit;
};

function cpuUsage(previous) {
  const user = Math.floor(native.uptime() * 1e6);
  if (previous === undefined) return { user, system: 0 };
  errors().validateObject(previous, 'prevValue');
  errors().validateNumber(previous.user, 'prevValue.user');
  errors().validateNumber(previous.system, 'prevValue.system');
  return { user: user - previous.user, system: 0 };
}

// The standard streams: bare at first, real streams once more than write is used.
function output(fd) {
  const write = (stream, chunk, encoding, cb) => {
    if (typeof encoding === 'function') {
      cb = encoding;
      encoding = undefined;
    }
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) {
      if (chunk === null) throw errors().nodeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
      throw errors().invalidArgType('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
    }
    if (typeof chunk === 'string' && encoding && encoding !== 'utf8' && encoding !== 'utf-8') chunk = require('buffer').Buffer.from(chunk, encoding);
    native.write(fd, chunk);
    if (typeof cb === 'function') process.nextTick(cb);
    return true;
  };
  const proto = Object.create(Object.prototype);
  const stream = Object.create(proto);
  Object.assign(stream, { fd, _type: 'pipe', _isStdio: true });
  late(proto, [...EMITTER, 'pipe', 'end', 'cork', 'uncork', 'destroy', '_write', '_writableState', 'setDefaultEncoding', 'closed',
    'destroyed', 'errored', 'writable', 'writableCorked', 'writableEnded', 'writableFinished', 'writableHighWaterMark',
    'writableLength', 'writableNeedDrain', 'writableObjectMode'], () => {
    const { Writable } = require('stream');
    Object.setPrototypeOf(proto, Writable.prototype);
    Writable.call(stream, { decodeStrings: false, emitClose: false, write(chunk, encoding, cb) { write(stream, chunk, encoding); cb(); }, destroy(err, cb) { cb(err); } });
  });
  hide(proto, 'write', function (chunk, encoding, cb) { return write(this, chunk, encoding, cb); });
  return stream;
}
function input() {
  const { Readable } = require('stream');
  const stream = new Readable({ read() { this.push(null); } });
  stream.fd = 0;
  return stream;
}
function once(name, make) {
  Object.defineProperty(members, name, {
    configurable: true, enumerable: true,
    get() {
      const value = make();
      Object.defineProperty(process, name, { value, writable: true, configurable: true, enumerable: true });
      return value;
    },
    set(value) { Object.defineProperty(process, name, { value, writable: true, configurable: true, enumerable: true }); },
  });
}

const members = {};
once('versions', () => Object.freeze({
  node: process.version.slice(1), ares: '1.34.6', brotli: '1.1.0', llhttp: '9.3.1', modules: '115', napi: '9', nghttp2: '1.61.0',
  openssl: '3.0.19', unicode: '17.0', uv: '1.46.0', v8: '11.3.244.8-node.38', zlib: '1.3.1',
}));
once('release', () => ({ name: 'node', lts: 'Iron' }));
once('features', () => ({ inspector: false, debug: false, uv: false, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: false, tls: true, cached_builtins: true, require_module: false }));
once('config', () => ({ target_defaults: {}, variables: {} }));
once('allowedNodeEnvironmentFlags', () => new globalThis.Set());
once('report', () => ({ writeReport: unavailable('report', 'diagnostic reports show the host'), getReport: unavailable('report', 'diagnostic reports show the host') }));
once('stdout', () => output(1));
once('stderr', () => output(2));
once('stdin', input);

let capture = null;
let umaskNow = 0o22;
Object.assign(members, {
  debugPort: 9229, argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'], execArgv: [], moduleLoadList: [],
  emitWarning, hrtime, memoryUsage, cpuUsage, exit, reallyExit: native.exit,
  uptime: native.uptime,
  abort() { native.exit(134); },
  chdir(directory) {
    errors().validateString(directory, 'directory');
    if (directory === '/var/task' || directory === '/var/task/' || directory === '.') return;
    const e = new Error(`ENOENT: no such file or directory, chdir '/var/task' -> '${directory}'`);
    throw Object.assign(e, { errno: -2, code: 'ENOENT', syscall: 'chdir', path: '/var/task', dest: directory });
  },
  umask(mask) {
    if (mask === undefined) return umaskNow;
    if (typeof mask === 'string') {
      if (!/^[0-7]+$/.test(mask)) throw errors().invalidArgValue('mask', mask, 'must be a 32-bit unsigned integer or an octal string');
      mask = Number.parseInt(mask, 8);
    }
    errors().validateUint32(mask, 'mask');
    const before = umaskNow;
    umaskNow = mask & 0o777;
    return before;
  },
  resourceUsage() {
    return {
      userCPUTime: Math.floor(native.uptime() * 1e6), systemCPUTime: 0, maxRSS: Math.floor(memoryLimit / 1024), sharedMemorySize: 0,
      unsharedDataSize: 0, unsharedStackSize: 0, minorPageFault: 0, majorPageFault: 0, swappedOut: 0, fsRead: 0, fsWrite: 0,
      ipcSent: 0, ipcReceived: 0, signalsCount: 0, voluntaryContextSwitches: 0, involuntaryContextSwitches: 0,
    };
  },
  constrainedMemory() { return memoryLimit; },
  availableMemory() { return memoryLimit; },
  getActiveResourcesInfo() { return []; },
  _getActiveHandles() { return []; },
  _getActiveRequests() { return []; },
  getuid: () => 993, geteuid: () => 993, getgid: () => 990, getegid: () => 990, getgroups: () => [990],
  setuid: unavailable('setuid', 'a function has one user'), seteuid: unavailable('seteuid', 'a function has one user'),
  setgid: unavailable('setgid', 'a function has one user'), setegid: unavailable('setegid', 'a function has one user'),
  setgroups: unavailable('setgroups', 'a function has one user'), initgroups: unavailable('initgroups', 'a function has one user'),
  kill(pid, signal) {
    errors().validateNumber(pid, 'pid');
    if (pid === process.pid && signal === 0) return true;
    const missing = pid !== process.pid;
    const code = missing ? 'ESRCH' : 'EPERM';
    throw Object.assign(new Error(`kill ${code}`), { errno: missing ? -3 : -1, code, syscall: 'kill' });
  },
  binding(name) {
    throw errors().nodeError(Error, 'ERR_INVALID_MODULE', `No such module: ${name}`);
  },
  dlopen: unavailable('dlopen', 'native add-ons cannot run in this runtime'),
  loadEnvFile(path = '.env') {
    const parsed = require('util').parseEnv(require('fs').readFileSync(path, 'utf8'));
    for (const key of Object.keys(parsed)) if (process.env[key] === undefined) process.env[key] = parsed[key];
  },
  getBuiltinModule(id) {
    errors().validateString(id, 'id');
    id = id.startsWith('node:') ? id.slice(5) : id;
    if (id.startsWith('internal/')) return undefined;
    try {
      return require(id);
    } catch (e) {
      if (e?.code === 'MODULE_NOT_FOUND') return undefined;
      throw e;
    }
  },
  setUncaughtExceptionCaptureCallback(fn) {
    if (fn !== null && typeof fn !== 'function') throw errors().invalidArgType('fn', ['Function', 'null'], fn);
    if (fn !== null && capture !== null) {
      throw errors().nodeError(Error, 'ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET', '`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active');
    }
    capture = fn;
  },
  hasUncaughtExceptionCaptureCallback() { return capture !== null; },
  setSourceMapsEnabled() {},
  sourceMapsEnabled: false,
  _rawDebug(...args) { native.write(2, `${require('util').format(...args)}\n`); },
});
Object.defineProperty(members, 'exitCode', {
  configurable: true, enumerable: true,
  get: () => exitCode,
  set(value) {
    checkCode(value, 'code');
    exitCode = value;
  },
});
hide(members, '_exiting', false);
// What the guest has put into process already stays.
for (const name of Object.getOwnPropertyNames(members)) {
  if (!Object.hasOwn(target, name)) Object.defineProperty(target, name, Object.getOwnPropertyDescriptor(members, name));
}
