// Headers as the Fetch Standard defines them.
const { Object, Symbol, TypeError, Map } = globalThis;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
function nameOf(name, method) {
  name = `${name}`;
  if (!TOKEN.test(name)) throw new TypeError(`Headers.${method}: ${name} is an invalid header name.`);
  return name.toLowerCase();
}
function valueOf(value, method) {
  value = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  if (/[\0\r\n]/.test(value) || /[^\0-\xff]/.test(value)) throw new TypeError(`Headers.${method}: ${value} is an invalid header value.`);
  return value;
}

let setGuard, listOf;

class Headers {
  #map = new Map(); // lower-case name -> [name, values]
  #guard = 'none';
  constructor(init = undefined) {
    if (init === undefined || init === null) {
      if (init === null) throw new TypeError("Headers constructor: init given (null) cannot be converted to 'record<ByteString, ByteString>'.");
      return;
    }
    if (typeof init !== 'object') throw new TypeError('Headers constructor: init must be a sequence or a record');
    if (typeof init[Symbol.iterator] === 'function') {
      for (const pair of init) {
        const items = [...pair];
        if (items.length !== 2) throw new TypeError(`Headers constructor: expected name/value pair to be length 2, found ${items.length}.`);
        this.append(items[0], items[1]);
      }
    } else {
      for (const key of Object.keys(init)) this.append(key, init[key]);
    }
  }
  #change() {
    if (this.#guard === 'immutable') throw new TypeError('immutable');
  }
  append(name, value) {
    const key = nameOf(name, 'append');
    value = valueOf(value, 'append');
    this.#change();
    const entry = this.#map.get(key);
    if (entry === undefined) this.#map.set(key, [key, [value]]);
    else entry[1].push(value);
  }
  set(name, value) {
    const key = nameOf(name, 'set');
    value = valueOf(value, 'set');
    this.#change();
    this.#map.set(key, [key, [value]]);
  }
  delete(name) {
    const key = nameOf(name, 'delete');
    this.#change();
    this.#map.delete(key);
  }
  get(name) {
    const entry = this.#map.get(nameOf(name, 'get'));
    return entry === undefined ? null : entry[1].join(entry[0] === 'cookie' ? '; ' : ', ');
  }
  has(name) { return this.#map.has(nameOf(name, 'has')); }
  getSetCookie() { return [...(this.#map.get('set-cookie')?.[1] ?? [])]; }
  #sorted() {
    const out = [];
    for (const key of [...this.#map.keys()].sort()) {
      const values = this.#map.get(key)[1];
      if (key === 'set-cookie') for (const value of values) out.push([key, value]);
      else out.push([key, values.join(key === 'cookie' ? '; ' : ', ')]);
    }
    return out;
  }
  forEach(callback, self = undefined) {
    if (typeof callback !== 'function') throw new TypeError("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'Function'.");
    for (const [key, value] of this.#sorted()) callback.call(self, value, key, this);
  }
  entries() { return this.#sorted()[Symbol.iterator](); }
  keys() { return this.#sorted().map(([key]) => key)[Symbol.iterator](); }
  values() { return this.#sorted().map(([, value]) => value)[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    const object = {};
    for (const [key, value] of this.#sorted()) object[key] = value;
    return `Headers ${inspect(object, options)}`;
  }
  static {
    setGuard = (headers, guard) => { headers.#guard = guard; };
    listOf = (headers) => {
      const list = [];
      for (const [name, values] of headers.#map.values()) for (const value of values) list.push(name, value);
      return list;
    };
  }
}
Object.defineProperty(Headers.prototype, Symbol.toStringTag, { value: 'Headers', configurable: true });
for (const key of Object.getOwnPropertyNames(Headers.prototype)) {
  if (key !== 'constructor') Object.defineProperty(Headers.prototype, key, { enumerable: true });
}
Object.assign(exports, { Headers, setGuard, listOf });
