const define = (target, name, value) => {
  if (!Object.prototype.hasOwnProperty.call(target, name)) {
    Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  }
};
const methods = (target, source) => {
  for (const name of Object.getOwnPropertyNames(source)) define(target, name, source[name]);
};
const tag = (proto, name) =>
  Object.defineProperty(proto, Symbol.toStringTag, { value: name, writable: false, enumerable: false, configurable: true });
// Whether a value can be held weakly.
const canBeWeak = (v) =>
  (typeof v === 'object' && v !== null) || typeof v === 'function' || (typeof v === 'symbol' && Symbol.keyFor(v) === undefined);

const features = {
  weak() {
    class WeakRef {
      #target;
      constructor(target) {
        if (!canBeWeak(target)) throw new TypeError('WeakRef: invalid target');
        this.#target = target;
      }
      deref() { return this.#target; }
    }
    class FinalizationRegistry {
      #known = new WeakSet();
      constructor(cleanup) {
        if (typeof cleanup !== 'function') throw new TypeError('FinalizationRegistry: cleanup must be callable');
      }
      register(target, held, token) {
        if (!canBeWeak(target)) throw new TypeError('FinalizationRegistry.prototype.register: invalid target');
        if (target === held) throw new TypeError('FinalizationRegistry.prototype.register: target and holdings must not be same');
        if (token !== undefined && canBeWeak(token)) this.#known.add(token);
      }
      unregister(token) {
        if (!canBeWeak(token)) throw new TypeError("Invalid unregisterToken ('" + String(token) + "')");
        return this.#known.delete(token);
      }
    }
    tag(WeakRef.prototype, 'WeakRef');
    tag(FinalizationRegistry.prototype, 'FinalizationRegistry');
    define(globalThis, 'WeakRef', WeakRef);
    define(globalThis, 'FinalizationRegistry', FinalizationRegistry);
  },

  wellFormed() {
    const lone = (s, i) => {
      const c = s.charCodeAt(i);
      if (c < 0xd800 || c > 0xdfff) return false;
      if (c >= 0xdc00) return true;
      const next = s.charCodeAt(i + 1);
      return !(next >= 0xdc00 && next <= 0xdfff);
    };
    const check = (self, name) => {
      if (self === undefined || self === null) throw new TypeError('String.prototype.' + name + ' called on null or undefined');
      return String(self);
    };
    methods(String.prototype, {
      isWellFormed() {
        const s = check(this, 'isWellFormed');
        for (let i = 0; i < s.length; i++) {
          if (lone(s, i)) return false;
          if (s.charCodeAt(i) >= 0xd800 && s.charCodeAt(i) <= 0xdbff) i++;
        }
        return true;
      },
      toWellFormed() {
        const s = check(this, 'toWellFormed');
        let out = '', from = 0;
        for (let i = 0; i < s.length; i++) {
          if (lone(s, i)) {
            out += s.slice(from, i) + '\ufffd';
            from = i + 1;
          } else if (s.charCodeAt(i) >= 0xd800 && s.charCodeAt(i) <= 0xdbff) i++;
        }
        return out + s.slice(from);
      },
    });
  },

  accessors() {
    const look = (self, key, kind) => {
      for (let o = Object(self); o !== null; o = Object.getPrototypeOf(o)) {
        const d = Object.getOwnPropertyDescriptor(o, key);
        if (d) return d[kind];
      }
      return undefined;
    };
    const set = (self, key, kind, fn) => {
      if (typeof fn !== 'function') throw new TypeError('Object.prototype.__define' + (kind === 'get' ? 'Getter' : 'Setter') + '__: Expecting function');
      Object.defineProperty(Object(self), key, { [kind]: fn, enumerable: true, configurable: true });
    };
    methods(Object.prototype, {
      __defineGetter__(key, fn) { set(this, key, 'get', fn); },
      __defineSetter__(key, fn) { set(this, key, 'set', fn); },
      __lookupGetter__(key) { return look(this, key, 'get'); },
      __lookupSetter__(key) { return look(this, key, 'set'); },
    });
  },

  date() {
    methods(Date.prototype, {
      getYear() { return this.getFullYear() - 1900; },
      setYear(year) {
        year = Number(year);
        if (Number.isNaN(year)) return this.setTime(NaN);
        year = Math.trunc(year);
        return this.setFullYear(year >= 0 && year <= 99 ? year + 1900 : year);
      },
    });
    define(Date.prototype, 'toGMTString', Date.prototype.toUTCString);
  },
};

features[feature]();
