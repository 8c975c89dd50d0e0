const { Object, Array, Promise, Symbol, Reflect, String, Error, TypeError, Math, Number, Map, Set, process } = globalThis;
const { inspect, custom, format, formatWithOptions, getStringWidth, setDefaults } = native;
const errors = require('internal/errors');
const { validateFunction, validateString, invalidArgType, invalidArgValue, nodeError } = errors;

// util.inspect and its settings.
const defaults = {
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
  maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
};
const colors = Object.assign(Object.create(null), {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24], black: [30, 39], red: [31, 39], green: [32, 39],
  yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], bgBlack: [40, 49],
  bgRed: [41, 49], bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49],
  bgWhite: [47, 49], framed: [51, 54], overlined: [53, 55], gray: [90, 39], redBright: [91, 39], greenBright: [92, 39],
  yellowBright: [93, 39], blueBright: [94, 39], magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39],
  bgGray: [100, 49], bgRedBright: [101, 49], bgGreenBright: [102, 49], bgYellowBright: [103, 49],
  bgBlueBright: [104, 49], bgMagentaBright: [105, 49], bgCyanBright: [106, 49], bgWhiteBright: [107, 49],
});
for (const [alias, name] of [['grey', 'gray'], ['blackBright', 'gray'], ['bgGrey', 'bgGray'], ['bgBlackBright', 'bgGray'],
  ['crossedout', 'strikethrough'], ['strikeThrough', 'strikethrough'], ['crossedOut', 'strikethrough'], ['conceal', 'hidden'],
  ['swapColors', 'inverse'], ['swapcolors', 'inverse'], ['faint', 'dim'], ['doubleUnderline', 'doubleunderline']]) {
  Object.defineProperty(colors, alias, { get() { return this[name]; }, set(v) { this[name] = v; }, configurable: true, enumerable: false });
}
inspect.custom = custom;
inspect.colors = colors;
inspect.styles = Object.assign(Object.create(null), {
  special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold', string: 'green',
  symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
});
Object.defineProperty(inspect, 'defaultOptions', {
  enumerable: true, configurable: true,
  get() { return defaults; },
  set(options) {
    errors.validateObject(options, 'options');
    Object.assign(defaults, options);
    setDefaults(defaults);
  },
});

// Functions.
const promisifyCustom = Symbol.for('nodejs.util.promisify.custom');
const promisifyArgs = Symbol('customPromisifyArgs');
function promisify(original) {
  validateFunction(original, 'original');
  timersOnce();
  if (original[promisifyCustom]) {
    const fn = original[promisifyCustom];
    validateFunction(fn, 'util.promisify.custom');
    return Object.defineProperty(fn, promisifyCustom, { value: fn, enumerable: false, writable: false, configurable: true });
  }
  const names = original[promisifyArgs];
  function fn(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (err, ...values) => {
        if (err) return reject(err);
        if (names !== undefined && values.length > 1) {
          const obj = {};
          for (let i = 0; i < names.length; i++) obj[names[i]] = values[i];
          return resolve(obj);
        }
        return resolve(values[0]);
      }]);
    });
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  Object.defineProperty(fn, promisifyCustom, { value: fn, enumerable: false, writable: false, configurable: true });
  const own = Object.getOwnPropertyDescriptors(original);
  for (const key of Reflect.ownKeys(own)) if (key === 'prototype') delete own[key];
  return Object.defineProperties(fn, own);
}
promisify.custom = promisifyCustom;
// The timers get their promisified forms when somebody may look for them.
let timersDone = false;
function timersOnce() {
  if (timersDone) return;
  timersDone = true;
  const timers = require('timers');
  for (const name of ['setTimeout', 'setImmediate']) {
    Object.defineProperty(timers[name], promisifyCustom, { enumerable: true, configurable: true, get: () => timers.promises[name] });
  }
}

function callbackify(original) {
  validateFunction(original, 'original');
  function callbackified(...args) {
    const cb = args.pop();
    validateFunction(cb, 'last argument');
    const done = cb.bind(this);
    const { nextTick } = require('process');
    Reflect.apply(original, this, args).then(
      (value) => nextTick(done, null, value),
      (reason) => {
        if (!reason) {
          const e = nodeError(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value');
          e.reason = reason;
          reason = e;
        }
        nextTick(done, reason);
      });
  }
  const own = Object.getOwnPropertyDescriptors(original);
  if (typeof own.length?.value === 'number') own.length.value++;
  if (typeof own.name?.value === 'string') own.name.value += 'Callbackified';
  delete own.prototype;
  return Object.defineProperties(callbackified, own);
}

function inherits(ctor, superCtor) {
  if (ctor === undefined || ctor === null) throw invalidArgType('ctor', 'Function', ctor);
  if (superCtor === undefined || superCtor === null) throw invalidArgType('superCtor', 'Function', superCtor);
  if (superCtor.prototype === undefined) throw invalidArgType('superCtor.prototype', 'Object', superCtor.prototype);
  Object.defineProperty(ctor, 'super_', { value: superCtor, writable: true, configurable: true });
  Object.setPrototypeOf(ctor.prototype, superCtor.prototype);
}

const warnedCodes = new Set();
function deprecate(fn, msg, code) {
  if (code !== undefined) validateString(code, 'code');
  let warned = false;
  function warn() {
    if (warned) return;
    warned = true;
    if (code !== undefined) {
      if (warnedCodes.has(code)) return;
      warnedCodes.add(code);
      require('process').emitWarning(msg, 'DeprecationWarning', code, deprecated);
    } else {
      require('process').emitWarning(msg, 'DeprecationWarning', deprecated);
    }
  }
  function deprecated(...args) {
    warn();
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  return deprecated;
}

function debuglog(section, ready) {
  section = String(section).toUpperCase();
  let test = () => {
    const { env, pid } = require('process');
    const on = String(env.NODE_DEBUG ?? '').split(',').some((p) => p !== '' && matches(p.trim().toUpperCase(), section));
    test = () => on;
    logger.pid = pid;
    return on;
  };
  function logger(...args) {
    if (test()) require('process').stderr.write(format('%s %d: %s\n', section, logger.pid, format(...args)));
    ready?.(logger);
    ready = undefined;
  }
  Object.defineProperty(logger, 'pid', { value: 0, writable: true, enumerable: false });
  Object.defineProperty(logger, 'enabled', { get: () => test(), configurable: true, enumerable: true });
  return logger;
}
// matches compares with a pattern whose only wildcard is the star.
function matches(pattern, text) {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === text;
  if (!text.startsWith(parts[0]) || !text.endsWith(parts[parts.length - 1])) return false;
  let at = 0;
  for (const part of parts) {
    at = text.indexOf(part, at);
    if (at < 0) return false;
    at += part.length;
  }
  return true;
}

// Text.
// The escape sequences of ECMA-48: OSC strings, CSI sequences, two-character escapes.
const ansi = /\u001b\][\s\S]*?(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;
function stripVTControlCharacters(str) {
  validateString(str, 'str');
  return str.replace(ansi, '');
}
// styleText leaves out the colours where nobody sees them, as in a log.
function styleText(style, text, options = {}) {
  validateString(text, 'text');
  errors.validateObject(options, 'options');
  const { validateStream = true, stream = require('process').stdout } = options;
  errors.validateBoolean(validateStream, 'options.validateStream');
  if (validateStream && (stream === null || typeof stream !== 'object' || typeof stream.write !== 'function')) {
    throw invalidArgType('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  const plain = validateStream && !stream.isTTY;
  const names = Array.isArray(style) ? style : [style];
  let left = '';
  let right = '';
  for (const name of names) {
    const codes = colors[name];
    if (codes == null) {
      throw invalidArgValue('format', name, `must be one of: ${Object.keys(colors).map((n) => `'${n}'`).join(', ')}`);
    }
    left += `\u001b[${codes[0]}m`;
    right = `\u001b[${codes[1]}m${right}`;
  }
  return plain ? text : `${left}${text}${right}`;
}
function toUSVString(value) {
  return native.usv(`${value}`);
}

function aborted(signal, resource) {
  if (signal === undefined) throw invalidArgType('signal', 'AbortSignal', signal);
  errors.validateAbortSignal(signal, 'signal');
  if (resource === null || (typeof resource !== 'object' && typeof resource !== 'function')) throw invalidArgType('resource', 'Object', resource);
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

// parseEnv reads NAME=value lines, with quotes over several lines and comments.
function parseEnv(content) {
  validateString(content, 'content');
  const result = {};
  let rest = content.replace(/\r\n?/g, '\n');
  while (rest !== '') {
    const eol = (from) => { const i = rest.indexOf('\n', from); return i < 0 ? rest.length : i; };
    let end = eol(0);
    const head = /^\s*(?:export\s+)?([\w.-]+)[ \t]*=[ \t]*/.exec(rest.slice(0, end));
    if (head !== null) {
      const at = head[0].length;
      const quote = rest[at];
      const close = quote === '"' || quote === "'" || quote === '`' ? rest.indexOf(quote, at + 1) : -1;
      if (close > 0) {
        const value = rest.slice(at + 1, close);
        result[head[1]] = quote === '"' ? value.replaceAll('\\n', '\n') : value;
        end = eol(close);
      } else {
        result[head[1]] = rest.slice(at, end).replace(/#.*$/, '').trim();
      }
    }
    rest = rest.slice(end + 1);
  }
  return result;
}

// System errors by number.
const systemErrors = [
  [-7, 'E2BIG', 'argument list too long'], [-13, 'EACCES', 'permission denied'], [-98, 'EADDRINUSE', 'address already in use'],
  [-99, 'EADDRNOTAVAIL', 'address not available'], [-11, 'EAGAIN', 'resource temporarily unavailable'],
  [-9, 'EBADF', 'bad file descriptor'], [-16, 'EBUSY', 'resource busy or locked'], [-125, 'ECANCELED', 'operation canceled'],
  [-103, 'ECONNABORTED', 'software caused connection abort'], [-111, 'ECONNREFUSED', 'connection refused'],
  [-104, 'ECONNRESET', 'connection reset by peer'], [-17, 'EEXIST', 'file already exists'], [-14, 'EFAULT', 'bad address in system call argument'],
  [-27, 'EFBIG', 'file too large'], [-113, 'EHOSTUNREACH', 'host is unreachable'], [-4, 'EINTR', 'interrupted system call'],
  [-22, 'EINVAL', 'invalid argument'], [-5, 'EIO', 'i/o error'], [-21, 'EISDIR', 'illegal operation on a directory'],
  [-40, 'ELOOP', 'too many symbolic links encountered'], [-24, 'EMFILE', 'too many open files'], [-36, 'ENAMETOOLONG', 'name too long'],
  [-101, 'ENETUNREACH', 'network is unreachable'], [-23, 'ENFILE', 'file table overflow'], [-2, 'ENOENT', 'no such file or directory'],
  [-12, 'ENOMEM', 'not enough memory'], [-28, 'ENOSPC', 'no space left on device'], [-38, 'ENOSYS', 'function not implemented'],
  [-107, 'ENOTCONN', 'socket is not connected'], [-20, 'ENOTDIR', 'not a directory'], [-39, 'ENOTEMPTY', 'directory not empty'],
  [-95, 'ENOTSUP', 'operation not supported on socket'], [-1, 'EPERM', 'operation not permitted'], [-32, 'EPIPE', 'broken pipe'],
  [-71, 'EPROTO', 'protocol error'], [-34, 'ERANGE', 'result too large'], [-30, 'EROFS', 'read-only file system'],
  [-110, 'ETIMEDOUT', 'connection timed out'], [-18, 'EXDEV', 'cross-device link not permitted'], [-4095, 'EOF', 'end of file'],
];
function getSystemErrorMap() {
  return new Map(systemErrors.map(([n, code, text]) => [n, [code, text]]));
}
function getSystemErrorName(err) {
  errors.validateNumber(err, 'err');
  if (err >= 0 || !Number.isSafeInteger(err)) throw errors.outOfRange('err', 'a negative integer', err);
  return systemErrors.find(([n]) => n === err)?.[1] ?? `Unknown system error ${err}`;
}

const isType = (type) => (v) => typeof v === type;
Object.assign(exports, {
  _extend(target, source) { return source !== null && typeof source === 'object' ? Object.assign(target, source) : target; },
  callbackify, debug: debuglog, debuglog, deprecate, format, styleText, formatWithOptions,
  getSystemErrorMap, getSystemErrorName, inherits, inspect,
  isArray: Array.isArray,
  isBoolean: isType('boolean'),
  isBuffer: (v) => require('buffer').Buffer.isBuffer(v),
  isDeepStrictEqual: (a, b) => require('internal/comparisons').isDeepStrictEqual(a, b),
  isNull: (v) => v === null,
  isNullOrUndefined: (v) => v === null || v === undefined,
  isNumber: isType('number'), isString: isType('string'), isSymbol: isType('symbol'), isUndefined: isType('undefined'),
  isRegExp: (v) => exports.types.isRegExp(v),
  isObject: (v) => v !== null && typeof v === 'object',
  isDate: (v) => exports.types.isDate(v),
  isError: (v) => exports.types.isNativeError(v) || v instanceof Error,
  isFunction: isType('function'),
  isPrimitive: (v) => v === null || (typeof v !== 'object' && typeof v !== 'function'),
  log: (...args) => console.log(...args),
  promisify, stripVTControlCharacters, toUSVString, aborted, parseEnv,
});

// Members that live elsewhere are fetched when they are asked for.
function lazy(name, get) {
  Object.defineProperty(exports, name, {
    configurable: true, enumerable: true,
    get() {
      const value = get();
      Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true });
      return value;
    },
    set(value) { Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true }); },
  });
}
lazy('types', () => require('util/types'));
lazy('parseArgs', () => require('internal/parse_args').parseArgs);
lazy('MIMEType', () => require('internal/mime').MIMEType);
lazy('MIMEParams', () => require('internal/mime').MIMEParams);
lazy('TextDecoder', () => globalThis.TextDecoder);
lazy('TextEncoder', () => globalThis.TextEncoder);
Object.defineProperty(exports, 'getStringWidth', { value: getStringWidth, enumerable: false });
