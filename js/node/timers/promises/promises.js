const { Object, Promise, Symbol, TypeError } = globalThis;
const timers = require('timers');
const errors = require('internal/errors');
const { AbortError } = errors;

function check(options) {
  errors.validateObject(options, 'options');
  errors.validateAbortSignal(options.signal, 'options.signal');
  if (options.ref !== undefined) errors.validateBoolean(options.ref, 'options.ref');
}

// wait makes a promise that start settles and an abort rejects.
function wait(start, stop, options) {
  try {
    check(options);
  } catch (err) {
    return Promise.reject(err);
  }
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
  return new Promise((resolve, reject) => {
    const abort = () => {
      stop(handle);
      reject(new AbortError(undefined, { cause: signal.reason }));
    };
    const handle = start((value) => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    });
    if (options.ref === false) handle.unref();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function setTimeout(delay, value, options = {}) {
  return wait((done) => timers.setTimeout(done, delay, value), timers.clearTimeout, options);
}
function setImmediate(value, options = {}) {
  return wait((done) => timers.setImmediate(done, value), timers.clearImmediate, options);
}

// setInterval is an async iterator over the ticks of a timer; ticks that
// nobody waited for are counted, not lost.
function setInterval(delay, value, options = {}) {
  check(options);
  const { signal } = options;
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  let missed = 0;
  let waiting = null;
  let over = false;
  let failure;
  const wake = () => {
    const fn = waiting;
    waiting = null;
    fn?.();
  };
  const interval = timers.setInterval(() => {
    missed++;
    wake();
  }, delay);
  if (options.ref === false) interval.unref();
  const abort = () => {
    timers.clearInterval(interval);
    failure = new AbortError(undefined, { cause: signal.reason });
    wake();
  };
  signal?.addEventListener('abort', abort, { once: true });
  const close = () => {
    over = true;
    timers.clearInterval(interval);
    signal?.removeEventListener('abort', abort);
    wake();
  };
  return {
    async next() {
      while (missed === 0 && !failure && !over) await new Promise((resolve) => { waiting = resolve; });
      if (over) return { value: undefined, done: true };
      if (missed > 0) {
        missed--;
        return { value, done: false };
      }
      close();
      throw failure;
    },
    async return(v) {
      close();
      return { value: v, done: true };
    },
    [Symbol.asyncIterator]() { return this; },
  };
}

class Scheduler {
  constructor() {
    throw errors.nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  yield() {
    return setImmediate();
  }
  wait(delay, options) {
    return setTimeout(delay, undefined, options);
  }
}
Object.assign(exports, { setTimeout, setImmediate, setInterval, scheduler: Object.create(Scheduler.prototype) });
