// AbortController and AbortSignal as the DOM Standard defines them.
const { TypeError, Object, Symbol, Set, Number } = globalThis;
const { nodeError, invalidArgType, outOfRange } = require('internal/errors');
const { DOMException } = require('internal/dom');
const { EventTarget, Event, handler } = require('internal/events');

let create, abort;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #followers = null; // signals made by any() that follow this one
  #sources = null;

  constructor(key = undefined) {
    if (key !== native.changed) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    super();
  }
  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = create();
    signal.#aborted = true;
    signal.#reason = reason;
    return signal;
  }
  static timeout(delay) {
    if (typeof delay !== 'number') throw invalidArgType('delay', 'number', delay);
    if (!Number.isInteger(delay)) throw outOfRange('delay', 'an integer', delay);
    if (delay < 0 || delay > 4294967295) throw outOfRange('delay', '>= 0 && <= 4294967295', delay);
    const signal = create();
    native.unrefTimer(delay, () => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
    return signal;
  }
  static any(signals) {
    if (signals === null || signals === undefined || typeof signals[Symbol.iterator] !== 'function') throw invalidArgType('signals', 'Array', signals);
    const list = [...signals];
    list.forEach((s, i) => { if (!(s instanceof AbortSignal)) throw invalidArgType(`signals[${i}]`, 'AbortSignal', s); });
    const result = create();
    const done = list.find((s) => s.#aborted);
    if (done !== undefined) {
      result.#aborted = true;
      result.#reason = done.#reason;
      return result;
    }
    result.#sources = new Set();
    for (const s of list) {
      for (const source of s.#sources ?? [s]) {
        result.#sources.add(source);
        (source.#followers ??= new Set()).add(result);
      }
    }
    return result;
  }
  static {
    create = () => new AbortSignal(native.changed);
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      const all = [signal, ...signal.#followers ?? []].filter((s) => !s.#aborted);
      for (const s of all) {
        s.#aborted = true;
        s.#reason = reason;
      }
      signal.#followers = null;
      for (const s of all) s.dispatchEvent(new Event('abort'));
    };
  }
}
handler(AbortSignal.prototype, 'abort');

class AbortController {
  #signal = create();
  get signal() { return this.#signal; }
  abort(reason = new DOMException('This operation was aborted', 'AbortError')) { abort(this.#signal, reason); }
}

for (const C of [AbortSignal, AbortController]) {
  Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
  for (const key of Object.getOwnPropertyNames(C.prototype)) {
    if (key !== 'constructor') Object.defineProperty(C.prototype, key, { enumerable: true });
  }
}

Object.assign(exports, { AbortSignal, AbortController });
