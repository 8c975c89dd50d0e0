const { WeakSet, Proxy, Reflect, Symbol, Function } = globalThis;
const { validateString, validateObject, invalidArgType } = require('internal/errors');
const { unsupported } = require('internal/absent');

// All code runs in the one realm of the function. A context is an object whose
// properties the code sees as if they were global variables; it is no sandbox.

const contexts = new WeakSet();

function createContext(object = {}) {
  validateObject(object, 'contextObject');
  contexts.add(object);
  return object;
}
function isContext(object) {
  validateObject(object, 'object');
  return contexts.has(object);
}

// within evaluates code with an object's properties in front of the globals. The
// code is a program: its value is that of its last expression.
function within(code, object) {
  const scope = new Proxy(object, {
    has: () => true,
    get(target, key) {
      if (key === Symbol.unscopables) return undefined;
      if (key === 'globalThis') return target;
      return Reflect.has(target, key) ? Reflect.get(target, key) : globalThis[key];
    },
    set: (target, key, value) => Reflect.set(target, key, value),
  });
  let run;
  try {
    run = Function('scope', `with (scope) { return (${code}\n); }`);
  } catch {
    run = Function('scope', `with (scope) { ${code}\n }`);
  }
  return run.call(object, scope);
}

class Script {
  #code;
  constructor(code, options = undefined) {
    this.#code = `${code}`;
    Function(this.#code); // a SyntaxError is thrown here
    this.cachedDataRejected = undefined;
  }
  runInThisContext() { return native.run(this.#code); }
  runInContext(object) {
    if (!isContext(object)) throw invalidArgType('contextifiedObject', 'vm.Context', object);
    return within(this.#code, object);
  }
  runInNewContext(object = {}) { return within(this.#code, createContext(object)); }
  createCachedData() { return require('buffer').Buffer.alloc(0); }
}

exports.vm = {
  Script,
  createContext,
  createScript(code, options) { return new Script(code, options); },
  isContext,
  runInThisContext(code, options) { return new Script(code, options).runInThisContext(); },
  runInContext(code, object, options) { return new Script(code, options).runInContext(object); },
  runInNewContext(code, object, options) { return new Script(code, options).runInNewContext(object); },
  compileFunction(code, params = [], options = undefined) {
    validateString(code, 'code');
    return Function(...params, code);
  },
  measureMemory() { throw unsupported('vm.measureMemory', 'memory is not counted by realm'); },
  constants: { __proto__: null, USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default') },
};
