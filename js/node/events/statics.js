const { Symbol, Object } = globalThis;
const EventEmitter = exports;
const { defaults, checkMax, listenersOf, captureRejectionSymbol, errorMonitor } = native;
const errors = () => require('internal/errors');

// Static members.
const isEventTarget = (v) => typeof v?.addEventListener === 'function';

function getEventListeners(target, type) {
  if (typeof target?.listeners === 'function') return target.listeners(type);
  if (isEventTarget(target)) {
    const { EventTarget, listenersOf } = require('internal/events');
    return target instanceof EventTarget ? listenersOf(target, type) : [];
  }
  throw errors().invalidArgType('emitter', ['EventEmitter', 'EventTarget'], target);
}
function getMaxListeners(target) {
  if (typeof target?.getMaxListeners === 'function') return target.getMaxListeners();
  if (isEventTarget(target)) return target[kMax] ?? defaults.maxListeners;
  throw errors().invalidArgType('emitter', ['EventEmitter', 'EventTarget'], target);
}
const kMax = Symbol('events.maxEventTargetListeners');
function setMaxListeners(n = defaults.maxListeners, ...targets) {
  checkMax('setMaxListeners', n);
  if (targets.length === 0) {
    defaults.maxListeners = n;
    return;
  }
  for (const target of targets) {
    if (typeof target?.setMaxListeners === 'function') target.setMaxListeners(n);
    else if (isEventTarget(target)) Object.defineProperty(target, kMax, { value: n, writable: true, configurable: true });
    else throw errors().invalidArgType('eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}

function listen(target, name, listener, flags) {
  if (typeof target.on === 'function') {
    if (flags?.once) target.once(name, listener);
    else target.on(name, listener);
  } else if (isEventTarget(target)) {
    target.addEventListener(name, listener, flags);
  } else {
    throw errors().invalidArgType('emitter', 'EventEmitter', target);
  }
}
function unlisten(target, name, listener) {
  if (typeof target.removeListener === 'function') target.removeListener(name, listener);
  else if (isEventTarget(target)) target.removeEventListener(name, listener);
  else throw errors().invalidArgType('emitter', 'EventEmitter', target);
}

async function once(emitter, name, options = {}) {
  errors().validateObject(options, 'options');
  const { signal } = options;
  errors().validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new (errors().AbortError)(undefined, { cause: signal.reason });
  return new globalThis.Promise((resolve, reject) => {
    const stop = () => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', fail);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (err) => {
      unlisten(emitter, name, done);
      stop();
      reject(err);
    };
    const done = (...args) => {
      stop();
      resolve(args);
    };
    const abort = () => {
      unlisten(emitter, name, done);
      stop();
      reject(new (errors().AbortError)(undefined, { cause: signal.reason }));
    };
    listen(emitter, name, done, { once: true });
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', fail);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

// on is an async iterator over the events of one name.
function on(emitter, name, options = {}) {
  errors().validateObject(options, 'options');
  const { signal } = options;
  errors().validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new (errors().AbortError)(undefined, { cause: signal.reason });
  const high = options.highWaterMark ?? options.highWatermark ?? globalThis.Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  errors().validateInteger(high, 'options.highWaterMark', 1);
  errors().validateInteger(low, 'options.lowWaterMark', 1);
  const events = [];
  const waiting = [];
  const watched = [];
  let failure = null;
  let finished = false;
  let paused = false;
  const watchName = (type, listener) => {
    listen(emitter, type, listener);
    watched.push([type, listener]);
  };
  const closeDown = () => {
    for (const [type, listener] of watched.splice(0)) unlisten(emitter, type, listener);
    signal?.removeEventListener('abort', abort);
    finished = true;
    const end = { value: undefined, done: true };
    for (const p of waiting.splice(0)) p.resolve(end);
    return globalThis.Promise.resolve(end);
  };
  const receive = (...args) => {
    if (waiting.length > 0) {
      waiting.shift().resolve({ value: args, done: false });
      return;
    }
    events.push(args);
    if (!paused && events.length > high && typeof emitter.pause === 'function') {
      paused = true;
      emitter.pause();
    }
  };
  const fail = (err) => {
    if (waiting.length === 0) failure = err;
    else waiting.shift().reject(err);
    closeDown();
  };
  const abort = () => fail(new (errors().AbortError)(undefined, { cause: signal.reason }));
  const iterator = {
    next() {
      if (events.length > 0) {
        const value = events.shift();
        if (paused && events.length < low) {
          emitter.resume();
          paused = false;
        }
        return globalThis.Promise.resolve({ value, done: false });
      }
      if (failure !== null) {
        const p = globalThis.Promise.reject(failure);
        failure = null;
        return p;
      }
      if (finished) return closeDown();
      return new globalThis.Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      return closeDown();
    },
    throw(err) {
      if (!(err instanceof globalThis.Error)) throw errors().invalidArgType('EventEmitter.AsyncIterator', 'Error', err);
      fail(err);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  watchName(name, receive);
  if (name !== 'error' && typeof emitter.on === 'function') watchName('error', fail);
  for (const type of options.close ?? []) watchName(type, closeDown);
  signal?.addEventListener('abort', abort, { once: true });
  return iterator;
}

function addAbortListener(signal, listener) {
  if (signal === undefined) throw errors().invalidArgType('signal', 'AbortSignal', signal);
  errors().validateAbortSignal(signal, 'signal');
  errors().validateFunction(listener, 'listener');
  let remove = () => {};
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener('abort', listener, { once: true });
    remove = () => signal.removeEventListener('abort', listener);
  }
  return { [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() { remove(); } };
}

Object.assign(EventEmitter, { once, on, getEventListeners, getMaxListeners, EventEmitter, usingDomains: false, captureRejectionSymbol, errorMonitor, setMaxListeners, addAbortListener });
EventEmitter.listenerCount = (emitter, type) => (typeof emitter.listenerCount === 'function' ? emitter.listenerCount(type) : listenersOf(emitter, type, false).length);
Object.defineProperties(EventEmitter, {
  captureRejections: {
    enumerable: true,
    get: () => defaults.capture,
    set(value) {
      errors().validateBoolean(value, 'EventEmitter.captureRejections');
      defaults.capture = value;
    },
  },
  defaultMaxListeners: {
    enumerable: true,
    get: () => defaults.maxListeners,
    set(n) {
      checkMax('defaultMaxListeners', n);
      defaults.maxListeners = n;
    },
  },
  EventEmitterAsyncResource: {
    enumerable: true,
    get() {
      const { AsyncResource } = require('async_hooks');
      class EventEmitterReferencingAsyncResource extends AsyncResource {
        #emitter;
        constructor(emitter, name, options) {
          super(name, options);
          this.#emitter = emitter;
        }
        get eventEmitter() { return this.#emitter; }
      }
      class EventEmitterAsyncResource extends EventEmitter {
        #resource;
        constructor(options) {
          const name = typeof options === 'string' ? options : options?.name ?? new.target.name;
          super(typeof options === 'string' ? undefined : options);
          this.#resource = new EventEmitterReferencingAsyncResource(this, name, options);
        }
        emit(...args) { return this.#resource.runInAsyncScope(super.emit, this, ...args); }
        emitDestroy() { this.#resource.emitDestroy(); }
        get asyncId() { return this.#resource.asyncId(); }
        get triggerAsyncId() { return this.#resource.triggerAsyncId(); }
        get asyncResource() { return this.#resource; }
      }
      Object.defineProperty(EventEmitter, 'EventEmitterAsyncResource', { value: EventEmitterAsyncResource, writable: true, configurable: true, enumerable: true });
      return EventEmitterAsyncResource;
    },
    configurable: true,
  },
});
