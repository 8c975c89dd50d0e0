const { Object, TypeError, Symbol, String, Array, Reflect } = globalThis;
const { parse, canParse, set, parseForm, formatForm } = native;
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
const errors = () => require('internal/errors');

const invalidUrl = (input, base) => {
  const e = errors().nodeError(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
  e.input = input;
  if (base !== undefined) e.base = base;
  return e;
};
const missing = (names) => errors().nodeError(TypeError, 'ERR_MISSING_ARGS', `The ${names} must be specified`);
const wrongThis = (type) => errors().nodeError(TypeError, 'ERR_INVALID_THIS', `Value of "this" must be of type ${type}`);
const usv = (v) => native.usv(`${v}`);

const iteratorProto = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), {
  [Symbol.toStringTag]: { value: 'URLSearchParams Iterator', configurable: true },
  next: {
    value: function next() {
      const state = this[kState];
      if (state === undefined) throw wrongThis('URLSearchParamsIterator');
      const { list } = state;
      if (state.at >= list().length) return { value: undefined, done: true };
      const name = list()[state.at];
      const value = list()[state.at + 1];
      state.at += 2;
      return { value: state.kind === 'keys' ? name : state.kind === 'values' ? value : [name, value], done: false };
    },
    writable: true, configurable: true, enumerable: true,
  },
});
const kState = Symbol('state');

let listOf; // the pairs of a URLSearchParams, flat
let attach; // ties one to the query of a URL

class URLSearchParams {
  #list = [];
  #changed = undefined;
  static {
    listOf = (p) => p.#list;
    attach = (p, changed, query) => {
      p.#changed = changed;
      if (query !== undefined) p.#list = parseForm(query);
    };
  }
  constructor(init = undefined) {
    if (init === undefined || init === null) return;
    if (typeof init !== 'object' && typeof init !== 'function') {
      init = usv(init);
      this.#list = parseForm(init[0] === '?' ? init.slice(1) : init);
      return;
    }
    const method = init[Symbol.iterator];
    if (method === undefined || method === null) {
      const seen = new Map();
      for (const key of Reflect.ownKeys(init)) {
        const desc = Reflect.getOwnPropertyDescriptor(init, key);
        if (desc !== undefined && desc.enumerable) {
          const name = usv(key);
          const value = usv(init[key]);
          if (seen.has(name)) this.#list[seen.get(name)] = value;
          else seen.set(name, this.#list.push(name, value) - 1);
        }
      }
      return;
    }
    if (method === this[Symbol.iterator] && #list in init) {
      this.#list = init.#list.slice();
      return;
    }
    if (typeof method !== 'function') throw errors().nodeError(TypeError, 'ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
    for (const pair of init) {
      if (pair == null || typeof pair[Symbol.iterator] !== 'function' || typeof pair === 'string') throw errors().nodeError(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
      const items = [...pair];
      if (items.length !== 2) throw errors().nodeError(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
      this.#list.push(usv(items[0]), usv(items[1]));
    }
  }
  #update() {
    this.#changed?.(this.toString());
  }
  get size() {
    return this.#list.length / 2;
  }
  append(name, value) {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    if (arguments.length < 2) throw missing('"name" and "value" arguments');
    this.#list.push(usv(name), usv(value));
    this.#update();
  }
  delete(name, value = undefined) {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    if (arguments.length < 1) throw missing('"name" argument');
    name = usv(name);
    if (value !== undefined) value = usv(value);
    const kept = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== name || (value !== undefined && list[i + 1] !== value)) kept.push(list[i], list[i + 1]);
    }
    this.#list = kept;
    this.#update();
  }
  get(name) {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    if (arguments.length < 1) throw missing('"name" argument');
    name = usv(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) return list[i + 1];
    return null;
  }
  getAll(name) {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    if (arguments.length < 1) throw missing('"name" argument');
    name = usv(name);
    const values = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) values.push(list[i + 1]);
    return values;
  }
  has(name, value = undefined) {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    if (arguments.length < 1) throw missing('"name" argument');
    name = usv(name);
    if (value !== undefined) value = usv(value);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === name && (value === undefined || list[i + 1] === value)) return true;
    return false;
  }
  set(name, value) {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    if (arguments.length < 2) throw missing('"name" and "value" arguments');
    name = usv(name);
    value = usv(value);
    const kept = [];
    let found = false;
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== name) {
        kept.push(list[i], list[i + 1]);
      } else if (!found) {
        kept.push(name, value);
        found = true;
      }
    }
    if (!found) kept.push(name, value);
    this.#list = kept;
    this.#update();
  }
  sort() {
    const pairs = [];
    for (let i = 0; i < this.#list.length; i += 2) pairs.push([this.#list[i], this.#list[i + 1]]);
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#list = pairs.flat();
    this.#update();
  }
  #iterate(kind) {
    return Object.create(iteratorProto, { [kState]: { value: { list: () => this.#list, at: 0, kind } } });
  }
  entries() {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    return this.#iterate('entries');
  }
  keys() {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    return this.#iterate('keys');
  }
  values() {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    return this.#iterate('values');
  }
  forEach(callback, thisArg = undefined) {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    errors().validateFunction(callback, 'callback');
    for (let i = 0; i < this.#list.length; i += 2) callback.call(thisArg, this.#list[i + 1], this.#list[i], this);
  }
  toString() {
    if (!(#list in this)) throw wrongThis('URLSearchParams');
    return formatForm(this.#list);
  }
  [inspectCustom](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
    const out = [];
    for (let i = 0; i < this.#list.length; i += 2) out.push(`${inspect(this.#list[i], options)} => ${inspect(this.#list[i + 1], options)}`);
    if (out.length === 0) return 'URLSearchParams {}';
    const length = out.reduce((n, s) => n + s.length + 2, -2);
    return length <= (options.breakLength ?? 80) ? `URLSearchParams { ${out.join(', ')} }` : `URLSearchParams {\n  ${out.join(',\n  ')} }`;
  }
}
const { Map } = globalThis;
const P = URLSearchParams.prototype;
for (const name of ['append', 'delete', 'get', 'getAll', 'has', 'set', 'sort', 'entries', 'forEach', 'keys', 'values', 'toString', 'size']) {
  Object.defineProperty(P, name, { enumerable: true });
}
Object.defineProperty(P, Symbol.iterator, { value: P.entries, writable: true, configurable: true });
Object.defineProperty(P, Symbol.toStringTag, { value: 'URLSearchParams', configurable: true });

// The order of what native.parse returns.
const HREF = 0, ORIGIN = 1, PROTOCOL = 2, USERNAME = 3, PASSWORD = 4, HOST = 5, HOSTNAME = 6, PORT = 7, PATHNAME = 8, SEARCH = 9, HASH = 10;

class URL {
  #rec;
  #params;
  constructor(url, base = undefined) {
    if (arguments.length === 0) throw missing('"url" argument');
    url = usv(url);
    if (base !== undefined) base = usv(base);
    const rec = parse(url, base);
    if (rec === undefined) throw invalidUrl(url, base);
    this.#rec = rec;
  }
  static canParse(url, base = undefined) {
    if (arguments.length === 0) throw missing('"url" argument');
    return canParse(usv(url), base === undefined ? undefined : usv(base));
  }
  static createObjectURL(object) {
    return require('buffer').createObjectURL?.(object) ?? errors().nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'object URLs are not supported');
  }
  static revokeObjectURL() {}
  #set(member, value) {
    const rec = set(this.#rec[HREF], member, usv(value));
    if (rec !== undefined) this.#take(rec);
  }
  #take(rec) {
    const before = this.#rec[SEARCH];
    this.#rec = rec;
    if (this.#params !== undefined && rec[SEARCH] !== before) attach(this.#params, this.#changed, rec[SEARCH].slice(1));
  }
  #changed = (query) => {
    const rec = set(this.#rec[HREF], 'search', query);
    if (rec !== undefined) this.#rec = rec;
  };
  get href() { return this.#rec[HREF]; }
  set href(value) {
    value = usv(value);
    const rec = parse(value);
    if (rec === undefined) throw invalidUrl(value);
    this.#take(rec);
  }
  get origin() { return this.#rec[ORIGIN]; }
  get protocol() { return this.#rec[PROTOCOL]; }
  set protocol(v) { this.#set('protocol', v); }
  get username() { return this.#rec[USERNAME]; }
  set username(v) { this.#set('username', v); }
  get password() { return this.#rec[PASSWORD]; }
  set password(v) { this.#set('password', v); }
  get host() { return this.#rec[HOST]; }
  set host(v) { this.#set('host', v); }
  get hostname() { return this.#rec[HOSTNAME]; }
  set hostname(v) { this.#set('hostname', v); }
  get port() { return this.#rec[PORT]; }
  set port(v) { this.#set('port', v); }
  get pathname() { return this.#rec[PATHNAME]; }
  set pathname(v) { this.#set('pathname', v); }
  get search() { return this.#rec[SEARCH]; }
  set search(v) {
    this.#set('search', v);
    if (this.#params !== undefined) attach(this.#params, this.#changed, this.#rec[SEARCH].slice(1));
  }
  get searchParams() {
    if (this.#params === undefined) {
      this.#params = new URLSearchParams();
      attach(this.#params, this.#changed, this.#rec[SEARCH].slice(1));
    }
    return this.#params;
  }
  get hash() { return this.#rec[HASH]; }
  set hash(v) { this.#set('hash', v); }
  toString() { return this.#rec[HREF]; }
  toJSON() { return this.#rec[HREF]; }
  [inspectCustom](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return this;
    const shown = {};
    for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams', 'hash']) shown[name] = this[name];
    return `${this.constructor.name} ${inspect(shown, options)}`;
  }
}
for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams', 'hash', 'toString', 'toJSON']) {
  Object.defineProperty(URL.prototype, name, { enumerable: true });
}
Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: 'URL', configurable: true });

Object.assign(exports, { URL, URLSearchParams, domainToASCII: native.domainToASCII, domainToUnicode: native.domainToUnicode, decode: native.decode, invalidUrl, isURL: (v) => Boolean(v?.href && v.protocol && v.auth === undefined && v.path === undefined) });
