// Event, CustomEvent, MessageEvent and EventTarget as the DOM Standard defines
// them, for targets without parents.
const { Error, TypeError, Object, Symbol, Map, Promise } = globalThis;
const { nodeError, invalidArgType } = require('internal/errors');
const now = native.now;

let stopImmediate, dispatching, setDispatch;

class Event {
  #type; #bubbles; #cancelable; #composed;
  #target = null; #current = null; #phase = 0;
  #prevented = false; #stop = false; #stopNow = false; #busy = false; #passive = false;
  #time = now();

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "type" argument must be specified');
    if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
      throw invalidArgType('options', 'Object', options);
    }
    this.#type = `${type}`;
    this.#bubbles = !!options?.bubbles;
    this.#cancelable = !!options?.cancelable;
    this.#composed = !!options?.composed;
  }
  get type() { return this.#type; }
  get target() { return this.#target; }
  get srcElement() { return this.#target; }
  get currentTarget() { return this.#current; }
  get eventPhase() { return this.#phase; }
  get bubbles() { return this.#bubbles; }
  get cancelable() { return this.#cancelable; }
  get composed() { return this.#composed; }
  get defaultPrevented() { return this.#prevented; }
  get returnValue() { return !this.#prevented; }
  get timeStamp() { return this.#time; }
  get isTrusted() { return false; }
  get cancelBubble() { return this.#stop; }
  set cancelBubble(v) { if (v) this.#stop = true; }
  composedPath() { return this.#busy ? [this.#current] : []; }
  preventDefault() { if (this.#cancelable && !this.#passive) this.#prevented = true; }
  stopPropagation() { this.#stop = true; }
  stopImmediatePropagation() { this.#stop = true; this.#stopNow = true; }
  initEvent(type, bubbles = false, cancelable = false) {
    if (this.#busy) return;
    this.#type = `${type}`;
    this.#bubbles = !!bubbles;
    this.#cancelable = !!cancelable;
  }
  static {
    stopImmediate = (e) => e.#stopNow;
    dispatching = (e) => e.#busy;
    setDispatch = (e, target, passive) => {
      e.#busy = target !== null;
      e.#phase = target !== null ? 2 : 0;
      if (target !== null) e.#target = target;
      e.#current = target;
      e.#passive = passive;
      if (target === null) { e.#stop = false; e.#stopNow = false; }
    };
  }
}

class CustomEvent extends Event {
  #detail;
  constructor(type, options = undefined) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() { return this.#detail; }
}

class MessageEvent extends Event {
  #init;
  constructor(type, init = {}) {
    super(type, init);
    this.#init = { data: init.data ?? null, origin: init.origin ?? '', lastEventId: init.lastEventId ?? '', source: init.source ?? null, ports: init.ports ?? [] };
    if (init.data === undefined && 'data' in init) this.#init.data = undefined;
  }
  get data() { return this.#init.data; }
  get origin() { return this.#init.origin; }
  get lastEventId() { return this.#init.lastEventId; }
  get source() { return this.#init.source; }
  get ports() { return this.#init.ports; }
}

let listenersOf;

class EventTarget {
  #listeners = new Map(); // type -> list of { callback, capture, once, passive, removed }

  addEventListener(type, callback, options = undefined) {
    if (arguments.length < 2) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "type" and "listener" arguments must be specified');
    const o = typeof options === 'boolean' ? { capture: options } : options ?? {};
    const { signal } = o;
    if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) {
      throw invalidArgType('options.signal', 'AbortSignal', signal);
    }
    if (callback === null || callback === undefined) return;
    if (typeof callback !== 'function' && typeof callback !== 'object') throw invalidArgType('listener', 'EventListener', callback);
    if (signal?.aborted) return;
    type = `${type}`;
    const capture = !!o.capture;
    const list = this.#listeners.get(type) ?? [];
    if (list.some((l) => l.callback === callback && l.capture === capture)) return;
    // A copy, so that a dispatch that is under way does not see it.
    const entry = { callback, capture, once: !!o.once, passive: !!o.passive, removed: false };
    this.#listeners.set(type, [...list, entry]);
    signal?.addEventListener('abort', () => this.removeEventListener(type, callback, capture), { once: true });
    this[native.changed]?.(type, list.length + 1);
  }

  removeEventListener(type, callback, options = undefined) {
    if (arguments.length < 2) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "type" and "listener" arguments must be specified');
    type = `${type}`;
    const capture = !!(typeof options === 'boolean' ? options : options?.capture);
    const list = this.#listeners.get(type);
    const entry = list?.find((l) => l.callback === callback && l.capture === capture);
    if (entry === undefined) return;
    entry.removed = true;
    const rest = list.filter((l) => l !== entry);
    if (rest.length > 0) this.#listeners.set(type, rest);
    else this.#listeners.delete(type);
    this[native.changed]?.(type, rest.length);
  }

  dispatchEvent(event) {
    if (!(event instanceof Event)) throw invalidArgType('event', 'Event', event);
    if (dispatching(event)) throw nodeError(Error, 'ERR_EVENT_RECURSION', `The event "${event.type}" is already being dispatched`);
    const list = this.#listeners.get(event.type) ?? [];
    for (const entry of list) {
      if (entry.removed) continue;
      if (entry.once) this.removeEventListener(event.type, entry.callback, entry.capture);
      setDispatch(event, this, entry.passive);
      try {
        const { callback } = entry;
        const result = typeof callback === 'function' ? callback.call(this, event) : callback.handleEvent(event);
        if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
          result.then(undefined, native.report);
        }
      } catch (e) {
        native.report(e);
      }
      if (stopImmediate(event)) break;
    }
    setDispatch(event, this, false);
    setDispatch(event, null, false);
    return !event.defaultPrevented;
  }

  static {
    listenersOf = (target, type) => (target.#listeners.get(type) ?? []).map((l) => l.callback);
  }
}

// handler defines an attribute such as onabort.
function handler(prototype, type) {
  const key = Symbol(`on${type}`);
  Object.defineProperty(prototype, `on${type}`, {
    enumerable: true,
    configurable: true,
    get() { return this[key]?.callback ?? null; },
    set(callback) {
      const old = this[key];
      if (typeof callback !== 'function') callback = null;
      if (old !== undefined && callback !== null) { old.callback = callback; return; }
      if (old !== undefined) {
        this.removeEventListener(type, old.listener);
        delete this[key];
      } else if (callback !== null) {
        const state = { callback, listener(event) { return state.callback.call(this, event); } };
        Object.defineProperty(this, key, { value: state, configurable: true, enumerable: false });
        this.addEventListener(type, state.listener);
      }
    },
  });
}

for (const C of [Event, CustomEvent, MessageEvent, EventTarget]) {
  Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
  for (const key of Object.getOwnPropertyNames(C.prototype)) {
    if (key !== 'constructor') Object.defineProperty(C.prototype, key, { enumerable: true });
  }
}
for (const [name, value] of [['NONE', 0], ['CAPTURING_PHASE', 1], ['AT_TARGET', 2], ['BUBBLING_PHASE', 3]]) {
  Object.defineProperty(Event, name, { value, enumerable: true });
  Object.defineProperty(Event.prototype, name, { value, enumerable: true });
}

Object.assign(exports, { Event, CustomEvent, MessageEvent, EventTarget, listenersOf, handler });
