// The WebAssembly namespace: its classes, and what checks their arguments.
const { Error, Math, Number, Object, Promise, RangeError, Reflect, Symbol, TypeError } = globalThis;
const mostPages = 65536;
const mostEntries = 10000000;

// Errors can be made without new, as the language's own.
function defineError(name) {
  const make = function (message, options) {
    const args = message === undefined && options === undefined ? [] : [message, options];
    return Reflect.construct(Error, args, new.target || make);
  };
  Object.setPrototypeOf(make, Error);
  Object.defineProperty(make, 'name', { value: name, configurable: true });
  Object.defineProperty(make, 'length', { value: 1, configurable: true });
  make.prototype = Object.create(Error.prototype, {
    constructor: { value: make, writable: true, configurable: true },
    name: { value: name, writable: true, configurable: true },
    message: { value: '', writable: true, configurable: true },
  });
  Object.defineProperty(make, 'prototype', { writable: false });
  native.register(name, (message) => new make(message));
  return make;
}
const CompileError = defineError('CompileError');
const LinkError = defineError('LinkError');
const RuntimeError = defineError('RuntimeError');

// Constructors get this in front of a handle that the engine has made.
const made = Symbol('made');

function isObject(value) {
  return typeof value === 'object' && value !== null || typeof value === 'function';
}

// index converts an unsigned number of 32 bits as V8 does.
function index(value, what) {
  const number = +value;
  if (!Number.isFinite(number)) throw new TypeError(`${what} must be convertible to a valid number`);
  if (number < 0) throw new TypeError(`${what} must be non-negative`);
  if (number > 0xffffffff) throw new TypeError(`${what} must be in the unsigned long range`);
  return Math.trunc(number);
}

function limit(descriptor, name, what, least, most) {
  const value = descriptor[name];
  if (value === undefined) return undefined;
  const number = index(value, `${what}: Property '${name}'`);
  if (number < least) {
    throw new RangeError(`${what}: Property '${name}': value ${number} is below the lower bound ${least}`);
  }
  if (number > most) {
    throw new RangeError(`${what}: Property '${name}': value ${number} is above the upper bound ${most}`);
  }
  return number;
}

function limits(descriptor, what, most) {
  const initial = limit(descriptor, 'initial', what, 0, most);
  if (initial === undefined) throw new TypeError(`${what}: Property 'initial' is required`);
  return [initial, limit(descriptor, 'maximum', what, initial, most === mostPages ? most : 0xffffffff)];
}

class Module {
  #handle;
  constructor(bytes) {
    if (bytes === made) {
      this.#handle = arguments[1];
      return;
    }
    const what = 'WebAssembly.Module()';
    checkBytes(bytes, what);
    this.#handle = native.compile(bytes, what);
  }
  static imports(module) { return native.imports(handleOf(module, 'WebAssembly.Module.imports()')); }
  static exports(module) { return native.exports(handleOf(module, 'WebAssembly.Module.exports()')); }
  static customSections(module, name) {
    const what = 'WebAssembly.Module.customSections()';
    const handle = handleOf(module, what);
    if (name === undefined) throw new TypeError(`${what}: Argument 1 is required`);
    return native.customs(handle, `${name}`);
  }
  static is(value) { return isObject(value) && #handle in value; }
  static handle(value, what) {
    if (!isModule(value)) throw new TypeError(`${what}: Argument 0 must be a WebAssembly.Module`);
    return value.#handle;
  }
}

class Instance {
  #exports;
  constructor(module, imports) {
    const what = arguments[2] === made ? 'WebAssembly.instantiate()' : 'WebAssembly.Instance()';
    const handle = handleOf(module, what);
    this.#exports = link(handle, imports, what);
  }
  get exports() {
    if (!isObject(this) || !(#exports in this)) throw new TypeError('WebAssembly.Instance.exports(): Receiver is not a WebAssembly.Instance');
    return this.#exports;
  }
}

class Memory {
  #handle;
  constructor(descriptor) {
    if (descriptor === made) {
      this.#handle = arguments[1];
      return;
    }
    const what = 'WebAssembly.Memory()';
    if (!isObject(descriptor)) throw new TypeError(`${what}: Argument 0 must be a memory descriptor`);
    const [initial, maximum] = limits(descriptor, what, mostPages);
    if (descriptor.shared) {
      if (maximum === undefined) throw new TypeError(`${what}: If shared is true, maximum property should be defined.`);
      throw new TypeError(`${what}: shared memories are not supported`);
    }
    this.#handle = native.newMemory(initial, maximum);
    native.adoptMemory(this.#handle, this);
  }
  grow(delta) {
    const what = 'WebAssembly.Memory.grow()';
    if (!isObject(this) || !(#handle in this)) throw new TypeError(`${what}: Receiver is not a WebAssembly.Memory`);
    return native.growMemory(this.#handle, index(delta, `${what}: Argument 0`));
  }
  get buffer() {
    if (!isObject(this) || !(#handle in this)) throw new TypeError('WebAssembly.Memory.buffer: Receiver is not a WebAssembly.Memory');
    return native.buffer(this.#handle);
  }
  static unwrap(value) { return isObject(value) && #handle in value ? value.#handle : value; }
}

// initialValue is what an entry of a table is given if it was given nothing.
function initialValue(handle, given, value) {
  return !given && native.holdsFunctions(handle) ? null : value;
}

class Table {
  #handle;
  constructor(descriptor, value) {
    if (descriptor === made) {
      this.#handle = arguments[1];
      return;
    }
    const what = 'WebAssembly.Table()';
    if (!isObject(descriptor)) throw new TypeError(`${what}: Argument 0 must be a table descriptor`);
    const element = `${descriptor.element}`;
    if (element !== 'anyfunc' && element !== 'externref') {
      throw new TypeError(`${what}: Descriptor property 'element' must be a WebAssembly reference type`);
    }
    const [initial, maximum] = limits(descriptor, what, mostEntries);
    const args = [element, initial, maximum];
    if (arguments.length > 1 && value !== undefined || element === 'externref') args.push(value);
    this.#handle = native.newTable(...args);
    native.adoptTable(this.#handle, this);
  }
  get length() { return native.tableLength(Table.#own(this, 'length')); }
  grow(delta, value) {
    const handle = Table.#own(this, 'grow');
    const entries = index(delta, 'WebAssembly.Table.grow(): Argument 0');
    return native.tableGrow(handle, entries, initialValue(handle, arguments.length > 1, value));
  }
  set(at, value) {
    const handle = Table.#own(this, 'set');
    const entry = index(at, 'WebAssembly.Table.set(): Argument 0');
    native.tableSet(handle, entry, initialValue(handle, arguments.length > 1, value));
  }
  get(at) {
    const handle = Table.#own(this, 'get');
    return native.tableGet(handle, index(at, 'WebAssembly.Table.get(): Argument 0'));
  }
  static #own(table, method) {
    if (!isObject(table) || !(#handle in table)) {
      throw new TypeError(`WebAssembly.Table.${method}(): Receiver is not a WebAssembly.Table`);
    }
    return table.#handle;
  }
  static unwrap(value) { return isObject(value) && #handle in value ? value.#handle : value; }
}

class Global {
  #handle;
  constructor(descriptor, value) {
    if (descriptor === made) {
      this.#handle = arguments[1];
      return;
    }
    const what = 'WebAssembly.Global()';
    if (!isObject(descriptor)) throw new TypeError(`${what}: Argument 0 must be a global descriptor`);
    const mutable = !!descriptor.mutable;
    const type = `${descriptor.value}`;
    if (!['i32', 'i64', 'f32', 'f64', 'externref', 'anyfunc'].includes(type)) {
      throw new TypeError(`${what}: Descriptor property 'value' must be a WebAssembly type`);
    }
    const given = value !== undefined || type === 'externref' && arguments.length > 1;
    this.#handle = given ? native.newGlobal(type, mutable, value) : native.newGlobal(type, mutable);
    native.adoptGlobal(this.#handle, this);
  }
  valueOf() { return native.globalGet(Global.#own(this, 'WebAssembly.Global.valueOf()'), 'WebAssembly.Global.valueOf()'); }
  get value() { return native.globalGet(Global.#own(this, 'get WebAssembly.Global.value'), 'get WebAssembly.Global.value'); }
  set value(value) { native.globalSet(Global.#own(this, 'set WebAssembly.Global.value'), value); }
  static #own(global, what) {
    if (!isObject(global) || !(#handle in global)) throw new TypeError(`${what}: Receiver is not a WebAssembly.Global`);
    return global.#handle;
  }
  static unwrap(value) { return isObject(value) && #handle in value ? value.#handle : value; }
}

// Of what the classes know of each other the guest sees nothing.
const { is: isModule, handle: handleOf } = Module;
const unwraps = { memory: Memory.unwrap, table: Table.unwrap, global: Global.unwrap };
for (const Class of [Module, Memory, Table, Global]) {
  for (const name of ['is', 'handle', 'unwrap']) delete Class[name];
}

native.register('Memory', (handle) => new Memory(made, handle));
native.register('Table', (handle) => new Table(made, handle));
native.register('Global', (handle) => new Global(made, handle));
native.register('list', (values) => {
  if (values === undefined || values === null || typeof values[Symbol.iterator] !== 'function') {
    throw new TypeError(`${typeof values} is not iterable (cannot read property Symbol(Symbol.iterator))`);
  }
  return values;
});

function checkBytes(bytes, what) {
  if (!native.isBytes(bytes)) throw new TypeError(`${what}: Argument 0 must be a buffer source`);
}

// link reads the imports, all of them before any is judged, and makes the
// object of exports.
function link(handle, imports, what) {
  if (imports !== undefined && !isObject(imports)) throw new TypeError(`${what}: Argument 1 must be an object`);
  const wanted = native.imports(handle);
  if (wanted.length > 0 && imports === undefined) {
    throw new TypeError(`${what}: Imports argument must be present and must be an object`);
  }
  const values = [];
  for (let i = 0; i < wanted.length; i++) {
    const { module, name, kind } = wanted[i];
    const from = imports[module];
    if (!isObject(from)) {
      throw new TypeError(`${what}: Import #${i} module="${module}" error: module is not an object or function`);
    }
    const value = from[name];
    values[i] = kind === 'function' ? value : unwraps[kind](value);
  }
  const made = native.instantiate(handle, values, what);
  const exports = Object.create(null);
  const names = native.exports(handle);
  for (let i = 0; i < names.length; i++) exports[names[i].name] = made[i];
  return Object.freeze(exports);
}

function later(bytes, what) {
  return new Promise((resolve, reject) => {
    native.compileLater(bytes, what, (handle) => resolve(new Module(made, handle)), reject);
  });
}

function attempt(action) {
  return new Promise((resolve) => resolve(action()));
}

const functions = {
  compile(bytes) {
    const what = 'WebAssembly.compile()';
    return attempt(() => {
      checkBytes(bytes, what);
      return later(bytes, what);
    });
  },
  validate(bytes) {
    checkBytes(bytes, 'WebAssembly.validate()');
    return native.validate(bytes);
  },
  instantiate(source, imports) {
    const what = 'WebAssembly.instantiate()';
    return attempt(() => {
      if (isModule(source)) return attempt(() => new Instance(source, imports, made));
      if (!native.isBytes(source)) {
        throw new TypeError(`${what}: Argument 0 must be a buffer source or a WebAssembly.Module object`);
      }
      if (imports !== undefined && !isObject(imports)) throw new TypeError(`${what}: Argument 1 must be an object`);
      return later(source, what).then((module) => ({ module, instance: new Instance(module, imports, made) }));
    });
  },
};
for (const fn of Object.values(functions)) Object.defineProperty(fn, 'length', { value: 1, configurable: true });

const namespace = Object.defineProperty({ ...functions }, Symbol.toStringTag, { value: 'WebAssembly', configurable: true });
for (const Class of [Module, Instance, Table, Memory, Global, CompileError, LinkError, RuntimeError]) {
  Object.defineProperty(namespace, Class.name, { value: Class, writable: true, configurable: true });
  if (Class.prototype instanceof Error) continue;
  Object.defineProperty(Class, 'length', { value: 1, configurable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: `WebAssembly.${Class.name}`, configurable: true });
  for (const owner of [Class, Class.prototype]) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (['constructor', 'prototype', 'length', 'name'].includes(name) && !(owner === Table.prototype && name === 'length')) continue;
      Object.defineProperty(owner, name, { enumerable: true });
    }
  }
}
exports.WebAssembly = namespace;
