const MAX = 9007199254740991;
const { Infinity } = globalThis;

function length(o) {
  const n = +o.length;
  return n > 0 ? (n < MAX ? n - n % 1 : MAX) : 0;
}
function object(o) {
  if (o === null || o === undefined) throw new TypeError('Cannot convert undefined or null to object');
  return typeof o === 'object' || typeof o === 'function' ? o : globalThis.Object(o);
}
function callable(f) {
  if (typeof f !== 'function') throw new TypeError(`${typeof f === 'symbol' ? 'Symbol()' : f} is not a function`);
  return f;
}
function integer(v) {
  const n = +v;
  if (n !== n) return 0;
  return n === Infinity || n === -Infinity ? n : n - n % 1;
}
function start(v, n) {
  const k = integer(v);
  return k < 0 ? (k + n > 0 ? k + n : 0) : (k < n ? k : n);
}
const end = (v, n) => (v === undefined ? n : start(v, n));
const same = (a, b) => a === b || (a !== a && b !== b);
function room(n) {
  if (n > 4294967295) throw new RangeError('Invalid array length');
}
const call = globalThis.Reflect.apply;
const define = globalThis.Object.defineProperty;
const isArray = globalThis.Array.isArray;
function put(list, i, value) {
  define(list, i, { value, writable: true, enumerable: true, configurable: true });
}

// search makes some, every and the finders: it looks at the elements, in either
// direction, until the callback decides.
function search(o, f, self, { back = false, holes = false, want, hit, miss }) {
  o = object(o);
  const n = length(o);
  callable(f);
  for (let j = 0; j < n; j++) {
    const i = back ? n - 1 - j : j;
    if (!holes && !(i in o)) continue;
    const v = o[i];
    if (want !== undefined && !call(f, self, [v, i, o]) !== want) return hit(v, i);
    if (want === undefined) call(f, self, [v, i, o]);
  }
  return miss;
}

function reduce(o, f, args, back) {
  o = object(o);
  const n = length(o);
  callable(f);
  let j = 0;
  let acc;
  let found = args.length > 1;
  if (found) acc = args[1];
  for (; j < n; j++) {
    const i = back ? n - 1 - j : j;
    if (!(i in o)) continue;
    if (found) acc = call(f, undefined, [acc, o[i], i, o]);
    else { acc = o[i]; found = true; }
  }
  if (!found) throw new TypeError('Reduce of empty array with no initial value');
  return acc;
}

function move(o, from, to) {
  if (from in o) o[to] = o[from];
  else delete o[to];
}

function copy(o) {
  o = object(o);
  const n = length(o);
  room(n);
  const out = [];
  for (let i = 0; i < n; i++) put(out, i, o[i]);
  return out;
}

// flatten works with a stack of its own, so that no nesting is too deep.
function flatten(o, depth) {
  const out = [];
  const stack = [{ o, i: 0, n: length(o), depth }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (top.i >= top.n) { stack.length -= 1; continue; }
    const i = top.i++;
    if (!(i in top.o)) continue;
    const v = top.o[i];
    if (top.depth > 0 && isArray(v)) put(stack, stack.length, { o: v, i: 0, n: length(v), depth: top.depth - 1 });
    else put(out, out.length, v);
  }
  return out;
}

class Iterator {
  #o; #i = 0; #kind;
  constructor(o, kind) {
    this.#o = object(o);
    this.#kind = kind;
  }
  next() {
    const o = this.#o;
    if (o === undefined) return { value: undefined, done: true };
    const i = this.#i++;
    if (i >= length(o)) {
      this.#o = undefined;
      return { value: undefined, done: true };
    }
    return { value: this.#kind === 'keys' ? i : this.#kind === 'values' ? o[i] : [i, o[i]], done: false };
  }
  [globalThis.Symbol.iterator]() { return this; }
}
define(Iterator.prototype, globalThis.Symbol.toStringTag, { value: 'Array Iterator', configurable: true });

return {
  forEach(f, self) { search(this, f, self, { want: undefined, hit() {}, miss: undefined }); },
  some(f, self) { return search(this, f, self, { want: true, hit: () => true, miss: false }); },
  every(f, self) { return search(this, f, self, { want: false, hit: () => false, miss: true }); },
  find(f, self) { return search(this, f, self, { holes: true, want: true, hit: (v) => v, miss: undefined }); },
  findIndex(f, self) { return search(this, f, self, { holes: true, want: true, hit: (v, i) => i, miss: -1 }); },
  findLast(f, self) { return search(this, f, self, { back: true, holes: true, want: true, hit: (v) => v, miss: undefined }); },
  findLastIndex(f, self) { return search(this, f, self, { back: true, holes: true, want: true, hit: (v, i) => i, miss: -1 }); },
  map(f, self) {
    const o = object(this);
    const n = length(o);
    callable(f);
    room(n);
    const out = [];
    for (let i = 0; i < n; i++) if (i in o) put(out, i, call(f, self, [o[i], i, o]));
    out.length = n;
    return out;
  },
  filter(f, self) {
    const out = [];
    search(this, (v, i, o) => { if (call(callable(f), self, [v, i, o])) put(out, out.length, v); return false; }, undefined, { want: true, hit() {}, miss: undefined });
    callable(f);
    return out;
  },
  flatMap(f, self) {
    const o = object(this);
    const n = length(o);
    callable(f);
    const out = [];
    for (let i = 0; i < n; i++) {
      if (!(i in o)) continue;
      const v = call(f, self, [o[i], i, o]);
      if (!isArray(v)) { put(out, out.length, v); continue; }
      for (let j = 0, m = length(v); j < m; j++) if (j in v) put(out, out.length, v[j]);
    }
    return out;
  },
  flat(depth) { return flatten(object(this), depth === undefined ? 1 : integer(depth)); },
  reduce(f) { return reduce(this, f, arguments, false); },
  reduceRight(f) { return reduce(this, f, arguments, true); },
  indexOf(x, from) {
    const o = object(this);
    const n = length(o);
    for (let i = start(from ?? 0, n); i < n; i++) if (i in o && o[i] === x) return i;
    return -1;
  },
  lastIndexOf(x, from) {
    const o = object(this);
    const n = length(o);
    let i = arguments.length > 1 ? integer(from) : n - 1;
    if (i < 0 && arguments.length > 1) i += n;
    for (i = i < n ? i : n - 1; i >= 0; i--) if (i in o && o[i] === x) return i;
    return -1;
  },
  includes(x, from) {
    const o = object(this);
    const n = length(o);
    for (let i = start(from ?? 0, n); i < n; i++) if (same(o[i], x)) return true;
    return false;
  },
  join(separator) {
    const o = object(this);
    const n = length(o);
    const sep = separator === undefined ? ',' : `${separator}`;
    room(n);
    const parts = [];
    for (let i = 0; i < n; i++) {
      const v = o[i];
      put(parts, i, v === undefined || v === null ? '' : `${v}`);
    }
    return call(globalThis.Array.prototype.join, parts, [sep]);
  },
  toLocaleString() {
    const o = object(this);
    const parts = [];
    for (let i = 0, n = length(o); i < n; i++) {
      const v = o[i];
      put(parts, i, v === undefined || v === null ? '' : `${v.toLocaleString()}`);
    }
    return call(globalThis.Array.prototype.join, parts, [',']);
  },
  reverse() {
    const o = object(this);
    const n = length(o);
    for (let i = 0, j = n - 1; i < j; i++, j--) {
      const a = i in o;
      const b = j in o;
      const x = o[i];
      const y = o[j];
      if (b) o[i] = y; else if (a) delete o[i];
      if (a) o[j] = x; else if (b) delete o[j];
    }
    return o;
  },
  fill(value, from, to) {
    const o = object(this);
    const n = length(o);
    for (let i = start(from, n), last = end(to, n); i < last; i++) o[i] = value;
    return o;
  },
  copyWithin(target, from, to) {
    const o = object(this);
    const n = length(o);
    const t = start(target, n);
    const f = start(from, n);
    const e = end(to, n);
    const count = e - f < n - t ? e - f : n - t;
    if (f < t) for (let i = count - 1; i >= 0; i--) move(o, f + i, t + i);
    else for (let i = 0; i < count; i++) move(o, f + i, t + i);
    return o;
  },
  slice(from, to) {
    const o = object(this);
    const n = length(o);
    const out = [];
    const first = start(from, n);
    const last = end(to, n);
    room(last - first);
    for (let i = first; i < last; i++) if (i in o) put(out, i - first, o[i]);
    out.length = last > first ? last - first : 0;
    return out;
  },
  splice(from, count, ...items) {
    const o = object(this);
    const n = length(o);
    const at = start(from, n);
    let gone = arguments.length === 0 ? 0 : arguments.length === 1 ? n - at : integer(count);
    gone = gone < 0 ? 0 : gone > n - at ? n - at : gone;
    if (n + items.length - gone > MAX) throw new TypeError('Invalid array length');
    room(gone);
    const out = [];
    for (let i = 0; i < gone; i++) if (at + i in o) put(out, i, o[at + i]);
    out.length = gone;
    if (items.length < gone) {
      for (let i = at; i < n - gone; i++) move(o, i + gone, i + items.length);
      for (let i = n; i > n - gone + items.length; i--) delete o[i - 1];
    } else if (items.length > gone) {
      for (let i = n - gone; i > at; i--) move(o, i + gone - 1, i + items.length - 1);
    }
    for (let i = 0; i < items.length; i++) o[at + i] = items[i];
    o.length = n - gone + items.length;
    return out;
  },
  shift() {
    const o = object(this);
    const n = length(o);
    if (n === 0) { o.length = 0; return undefined; }
    const first = o[0];
    for (let i = 1; i < n; i++) move(o, i, i - 1);
    delete o[n - 1];
    o.length = n - 1;
    return first;
  },
  unshift(...items) {
    const o = object(this);
    const n = length(o);
    if (items.length > 0) {
      if (n + items.length > MAX) throw new TypeError('Invalid array length');
      for (let i = n; i > 0; i--) move(o, i - 1, i + items.length - 1);
      for (let i = 0; i < items.length; i++) o[i] = items[i];
    }
    o.length = n + items.length;
    return n + items.length;
  },
  sort(compare) {
    const o = object(this);
    const n = length(o);
    const list = [];
    for (let i = 0; i < n; i++) if (i in o) put(list, list.length, o[i]);
    call(globalThis.Array.prototype.sort, list, [compare]);
    for (let i = 0; i < list.length; i++) o[i] = list[i];
    for (let i = list.length; i < n; i++) delete o[i];
    return o;
  },
  toSorted(compare) { return call(globalThis.Array.prototype.sort, copy(this), [compare]); },
  toReversed() { return call(globalThis.Array.prototype.reverse, copy(this), []); },
  toSpliced(...args) {
    const list = copy(this);
    call(globalThis.Array.prototype.splice, list, args);
    return list;
  },
  with(index, value) {
    const list = copy(this);
    const i = integer(index) < 0 ? integer(index) + list.length : integer(index);
    if (i < 0 || i >= list.length) throw new RangeError(`Invalid index ${index}`);
    list[i] = value;
    return list;
  },
  concat(...items) {
    const out = [];
    let at = 0;
    for (const o of [object(this), ...items]) {
      const isObject = o !== null && (typeof o === 'object' || typeof o === 'function');
      const spreadable = isObject ? o[globalThis.Symbol.isConcatSpreadable] : false;
      if (isObject && (spreadable === undefined ? isArray(o) : spreadable)) {
        const n = length(o);
        if (at + n > MAX) throw new TypeError('Invalid array length');
        for (let i = 0; i < n; i++, at++) if (i in o) put(out, at, o[i]);
      } else {
        put(out, at++, o);
      }
    }
    room(at);
    out.length = at;
    return out;
  },
  from(items, f, self) {
    if (f !== undefined) callable(f);
    const o = object(items);
    const n = length(o);
    const out = typeof this === 'function' ? new this(n) : [];
    for (let i = 0; i < n; i++) put(out, i, f === undefined ? o[i] : call(f, self, [o[i], i]));
    out.length = n;
    return out;
  },
  // list makes an array of at most max elements of an array-like object.
  list(max) {
    const n = length(this);
    if (n > max) throw new RangeError(max < 1e6 ? 'Maximum call stack size exceeded' : `Invalid typed array length: ${n}`);
    const out = [];
    for (let i = 0; i < n; i++) put(out, i, this[i]);
    return out;
  },
  raw(template, ...values) {
    const o = object(object(template).raw);
    const n = length(o);
    const parts = [];
    for (let i = 0; i < n; i++) {
      put(parts, parts.length, `${o[i]}`);
      if (i + 1 < n && i < values.length) put(parts, parts.length, `${values[i]}`);
    }
    return call(globalThis.Array.prototype.join, parts, ['']);
  },
  values() { return new Iterator(this, 'values'); },
  keys() { return new Iterator(this, 'keys'); },
  entries() { return new Iterator(this, 'entries'); },
};
