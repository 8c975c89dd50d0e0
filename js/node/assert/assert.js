const { Object, Error, TypeError, RegExp, Array, Promise, String } = globalThis;
const { AssertionError } = native;
const errors = require('internal/errors');
const { inspect } = require('util');
const { isRegExp, isNativeError, isPromise } = require('util/types');
const { isDeepEqual, isDeepStrictEqual } = require('internal/comparisons');

function fail_(obj) {
  if (obj.message instanceof Error) throw obj.message;
  throw new AssertionError(obj);
}
const missing = (n) => errors.nodeError(TypeError, 'ERR_MISSING_ARGS', n);
function need2(args) {
  if (args.length < 2) throw missing('The "actual" and "expected" arguments must be specified');
}

function fail(actual, expected, message, operator) {
  const n = arguments.length;
  let internal = false;
  if (actual == null && n <= 1) {
    internal = 'Failed';
  } else if (n === 1) {
    message = actual;
    actual = undefined;
  } else {
    if (n === 2) operator = '!=';
  }
  if (message instanceof Error) throw message;
  const options = { actual, expected, operator: operator === undefined ? 'fail' : operator };
  if (message !== undefined) options.message = message;
  const e = new AssertionError(internal ? { ...options, message: internal } : options);
  if (internal) e.generatedMessage = true;
  throw e;
}

function truthy(fn, n, value, message) {
  if (value) return;
  let generated = false;
  if (n === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else if (message == null) {
    generated = true;
    message = 'The expression evaluated to a falsy value:\n\n' + `  ${fn}(${inspect(value)})\n`;
  } else if (message instanceof Error) {
    throw message;
  }
  const e = new AssertionError({ actual: value, expected: true, message, operator: '==' });
  e.generatedMessage = generated;
  throw e;
}
function assert(...args) {
  truthy('assert', args.length, ...args);
}
function ok(...args) {
  truthy('assert.ok', args.length, ...args);
}

const compare = (name, test) => ({
  [name](actual, expected, message) {
    need2(arguments);
    if (!test(actual, expected)) fail_({ actual, expected, message, operator: name === 'equal' ? '==' : name === 'notEqual' ? '!=' : name });
  },
})[name];
const loose = (a, b) => a == b || (a !== a && b !== b);

// What throws and rejects accept as the expected error.
class Comparison {
  constructor(obj, keys, actual) {
    for (const key of keys) {
      if (!(key in obj)) continue;
      this[key] = actual !== undefined && typeof actual[key] === 'string' && isRegExp(obj[key]) && obj[key].exec(actual[key]) !== null ? actual[key] : obj[key];
    }
  }
}
function compareKey(actual, expected, key, message, keys, fn) {
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (!message) {
    const a = new Comparison(actual, keys);
    const b = new Comparison(expected, keys, actual);
    const e = new AssertionError({ actual: a, expected: b, operator: 'deepStrictEqual' });
    e.actual = actual;
    e.expected = expected;
    e.operator = fn.name;
    throw e;
  }
  fail_({ actual, expected, message, operator: fn.name });
}
function matches(actual, expected, message, fn) {
  let generated = false;
  let failed = false;
  if (typeof expected !== 'function') {
    if (isRegExp(expected)) {
      const text = String(actual);
      if (expected.exec(text) !== null) return;
      if (!message) {
        generated = true;
        message = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
      }
      failed = true;
    } else if (typeof actual !== 'object' || actual === null) {
      const e = new AssertionError({ actual, expected, message, operator: 'deepStrictEqual' });
      e.operator = fn.name;
      throw e;
    } else {
      const keys = Object.keys(expected);
      if (expected instanceof Error) keys.push('name', 'message');
      else if (keys.length === 0) throw errors.invalidArgValue('error', expected, 'may not be an empty object');
      for (const key of keys) {
        if (typeof actual[key] === 'string' && isRegExp(expected[key]) && expected[key].exec(actual[key]) !== null) continue;
        compareKey(actual, expected, key, message, keys, fn);
      }
      return;
    }
  } else if (expected.prototype !== undefined && actual instanceof expected) {
    return;
  } else if (Error === expected || Object.prototype.isPrototypeOf.call(Error, expected)) {
    if (!message) {
      generated = true;
      message = `The error is expected to be an instance of "${expected.name}". Received `;
      if (isNativeError(actual) || actual instanceof Error) message += `"${actual.name}"`;
      else message += `"${inspect(actual, { depth: -1 })}"`;
      if (isNativeError(actual) || actual instanceof Error) message += `\n\nError message:\n\n${actual.message}`;
    }
    failed = true;
  } else {
    const res = Reflect.apply(expected, {}, [actual]);
    if (res !== true) {
      if (!message) {
        generated = true;
        const name = expected.name ? `"${expected.name}" ` : '';
        message = `The ${name}validation function is expected to return "true". Received ${inspect(res)}`;
        if (isNativeError(actual) || actual instanceof Error) message += `\n\nCaught error:\n\n${actual}`;
      }
      failed = true;
    }
  }
  if (failed) {
    if (message instanceof Error) throw message;
    const e = new AssertionError({ actual, expected, message, operator: fn.name });
    e.generatedMessage = generated;
    throw e;
  }
}
const { Reflect } = globalThis;
const NONE = globalThis.Symbol('none');

function caught(fn) {
  errors.validateFunction(fn, 'fn');
  try {
    fn();
  } catch (e) {
    return e;
  }
  return NONE;
}
const isPromiseLike = (v) => isPromise(v) || (v !== null && typeof v === 'object' && typeof v.then === 'function' && typeof v.catch === 'function');
async function caughtLater(fn) {
  let p = fn;
  if (typeof fn === 'function') {
    p = fn();
    if (!isPromiseLike(p)) {
      throw errors.nodeError(TypeError, 'ERR_INVALID_RETURN_VALUE', `Expected instance of Promise to be returned from the "promiseFn" function but got${errors.received(p).replace(' Received', '')}.`);
    }
  } else if (!isPromiseLike(fn)) {
    throw errors.invalidArgType('promiseFn', ['Function', 'Promise'], fn);
  }
  try {
    await p;
  } catch (e) {
    return e;
  }
  return NONE;
}
function expectError(fn, actual, error, message) {
  if (typeof error === 'string') {
    if (arguments.length > 3 && message !== undefined) throw errors.invalidArgType('error', ['Object', 'Error', 'Function', 'RegExp'], error);
    if (typeof actual === 'object' && actual !== null) {
      if (actual.message === error) throw ambiguous(`The error message "${actual.message}" is identical to the message.`);
    } else if (actual === error) {
      throw ambiguous(`The error "${actual}" is identical to the message.`);
    }
    message = error;
    error = undefined;
  } else if (error != null && typeof error !== 'object' && typeof error !== 'function') {
    throw errors.invalidArgType('error', ['Object', 'Error', 'Function', 'RegExp'], error);
  }
  if (actual === NONE) {
    const name = error?.name ? ` (${error.name})` : '';
    const what = fn === rejects ? 'rejection' : 'exception';
    fail_({ actual: undefined, expected: error, operator: fn.name, message: `Missing expected ${what}${name}${message ? `: ${message}` : '.'}` });
  }
  if (error) matches(actual, error, message, fn);
}
const ambiguous = (text) => errors.nodeError(TypeError, 'ERR_AMBIGUOUS_ARGUMENT', `The "error/message" argument is ambiguous. ${text}`);
function expectNone(fn, actual, error, message) {
  if (actual === NONE) return;
  if (typeof error === 'string') {
    message = error;
    error = undefined;
  }
  if (!error || (typeof error === 'function' ? (error.prototype !== undefined && actual instanceof error) || (error.prototype === undefined && error(actual) === true) : isRegExp(error) && error.exec(String(actual)) !== null)) {
    const what = fn === doesNotReject ? 'rejection' : 'exception';
    fail_({ actual, expected: error, operator: fn.name, message: `Got unwanted ${what}${message ? `: ${message}` : '.'}\nActual message: "${actual?.message}"` });
  }
  throw actual;
}
function throws(fn, ...args) {
  expectError(throws, caught(fn), ...args);
}
async function rejects(fn, ...args) {
  expectError(rejects, await caughtLater(fn), ...args);
}
function doesNotThrow(fn, ...args) {
  expectNone(doesNotThrow, caught(fn), ...args);
}
async function doesNotReject(fn, ...args) {
  expectNone(doesNotReject, await caughtLater(fn), ...args);
}
function ifError(err) {
  if (err === null || err === undefined) return;
  let message = 'ifError got unwanted exception: ';
  if (typeof err === 'object' && typeof err.message === 'string') message += err.message.length === 0 && err.constructor ? err.constructor.name : err.message;
  else message += inspect(err);
  const e = new AssertionError({ actual: err, expected: null, operator: 'ifError', message });
  throw e;
}
const matching = (name, want) => ({
  [name](string, regexp, message) {
    if (!isRegExp(regexp)) throw errors.invalidArgType('regexp', 'RegExp', regexp);
    if (typeof string === 'string' && (regexp.exec(string) !== null) === want) return;
    if (message instanceof Error) throw message;
    const generated = !message;
    message ||= typeof string !== 'string'
      ? `The "string" argument must be of type string.${errors.received(string).replace(/^ Received/, ' Received')} (${inspect(string)})`
      : `${want ? 'The input did not match the regular expression ' : 'The input was expected to not match the regular expression '}${inspect(regexp)}. Input:\n\n${inspect(string)}\n`;
    if (generated && typeof string !== 'string') message = `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`;
    const e = new AssertionError({ actual: string, expected: regexp, message, operator: name });
    e.generatedMessage = generated;
    throw e;
  },
})[name];

Object.assign(assert, {
  fail, AssertionError, ok,
  equal: compare('equal', loose), notEqual: compare('notEqual', (a, b) => !loose(a, b)),
  deepEqual: compare('deepEqual', isDeepEqual), notDeepEqual: compare('notDeepEqual', (a, b) => !isDeepEqual(a, b)),
  deepStrictEqual: compare('deepStrictEqual', isDeepStrictEqual), notDeepStrictEqual: compare('notDeepStrictEqual', (a, b) => !isDeepStrictEqual(a, b)),
  strictEqual: compare('strictEqual', Object.is), notStrictEqual: compare('notStrictEqual', (a, b) => !Object.is(a, b)),
  throws, rejects, doesNotThrow, doesNotReject, ifError, match: matching('match', true), doesNotMatch: matching('doesNotMatch', false),
});
function strict(...args) {
  truthy('assert', args.length, ...args);
}
assert.strict = Object.assign(strict, assert, {
  equal: assert.strictEqual, deepEqual: assert.deepStrictEqual, notEqual: assert.notStrictEqual, notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.strict = assert.strict;
return assert;
