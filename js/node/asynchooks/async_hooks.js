const { Object, Error, TypeError, Symbol, Reflect } = globalThis;
const { grab, run, get, enter, exit, track } = native;
const errors = require('internal/errors');

// AsyncLocalStorage: each instance is its own key in the context.
class AsyncLocalStorage {
  constructor() {
    track();
  }
  static bind(fn) {
    return AsyncResource.bind(fn);
  }
  static snapshot() {
    const frame = grab();
    return (fn, ...args) => run(frame, fn, undefined, args);
  }
  run(store, fn, ...args) {
    return enter(this, store, fn, args);
  }
  exit(fn, ...args) {
    return exit(this, fn, args);
  }
  getStore() {
    return get(this);
  }
  enterWith(store) {
    enter(this, store);
  }
  disable() {
    exit(this);
  }
}

let lastId = 1;
const kId = Symbol('asyncId');
class AsyncResource {
  #frame;
  #trigger;
  constructor(type, options = {}) {
    errors.validateString(type, 'type');
    let trigger = 1;
    if (typeof options === 'number') trigger = options;
    else if (options?.triggerAsyncId !== undefined) trigger = options.triggerAsyncId;
    if (!globalThis.Number.isSafeInteger(trigger) || trigger < -1) {
      throw errors.nodeError(globalThis.RangeError, 'ERR_INVALID_ASYNC_ID', `Invalid triggerAsyncId value: ${trigger}`);
    }
    Object.defineProperty(this, kId, { value: ++lastId });
    this.#trigger = trigger;
    this.#frame = grab();
  }
  runInAsyncScope(fn, thisArg, ...args) {
    return run(this.#frame, fn, thisArg, args);
  }
  emitDestroy() {
    return this;
  }
  asyncId() {
    return this[kId];
  }
  triggerAsyncId() {
    return this.#trigger;
  }
  bind(fn, thisArg) {
    errors.validateFunction(fn, 'fn');
    const resource = this;
    const bound = thisArg === undefined
      ? function (...args) { return resource.runInAsyncScope(fn, this, ...args); }
      : (...args) => resource.runInAsyncScope(fn, thisArg, ...args);
    return Object.defineProperties(bound, {
      length: { configurable: true, enumerable: false, value: fn.length, writable: false },
      asyncResource: { configurable: true, enumerable: true, value: this, writable: true },
    });
  }
  static bind(fn, type, thisArg) {
    type = type || fn.name || 'bound-anonymous-fn';
    return new AsyncResource(type).bind(fn, thisArg);
  }
}

// Hooks can be made and enabled; as the loop reports no events, none is called.
class AsyncHook {
  enable() { return this; }
  disable() { return this; }
}
function createHook(hooks) {
  for (const name of ['init', 'before', 'after', 'destroy', 'promiseResolve']) {
    if (hooks[name] !== undefined && typeof hooks[name] !== 'function') {
      throw errors.nodeError(TypeError, 'ERR_ASYNC_CALLBACK', `hook.${name} must be a function`);
    }
  }
  return new AsyncHook();
}
const resource = {};
Object.assign(exports, {
  AsyncLocalStorage, AsyncResource, createHook,
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => resource,
  asyncWrapProviders: Object.freeze(Object.assign(Object.create(null), { NONE: 0, PROMISE: 1, Timeout: 2, Immediate: 3, TickObject: 4 })),
});
