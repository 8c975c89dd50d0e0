const { Map, Object, Symbol } = globalThis;
const { functions, classes } = require('internal/absent');

const noProcess = 'a function is not a process of its own and cannot start another';
const noThread = 'a function runs on one thread';
const noTerminal = 'a function has no terminal';
const noDebugger = 'no debugger can attach to a function';

exports.child_process = classes(
  functions({}, 'child_process', noProcess, ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync']),
  'child_process', noProcess, ['ChildProcess']);

const environment = new Map();
exports.worker_threads = Object.defineProperties(classes({
  isMainThread: true,
  parentPort: null,
  workerData: null,
  threadId: 0,
  resourceLimits: {},
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  markAsUntransferable() {},
  moveMessagePortToContext(port) { return port; },
  receiveMessageOnPort(port) { return require('internal/messaging').receive(port); },
  setEnvironmentData(key, value) {
    if (value === undefined) environment.delete(key);
    else environment.set(key, value);
  },
  getEnvironmentData(key) { return environment.get(key); },
}, 'worker_threads', noThread, ['Worker']), Object.fromEntries(['MessageChannel', 'MessagePort', 'BroadcastChannel'].map((name) => [name, {
  enumerable: true, configurable: true, get() { return require('internal/messaging')[name]; },
}])));

const EventEmitter = require('events');
exports.cluster = Object.assign(new EventEmitter(), functions({
  isWorker: false, isMaster: true, isPrimary: true, workers: {}, settings: {}, SCHED_NONE: 1, SCHED_RR: 2, schedulingPolicy: 2,
  setupPrimary() {}, setupMaster() {}, disconnect(callback) { callback?.(); },
}, 'cluster', noProcess, ['fork']));
exports.cluster.Worker = classes({}, 'cluster', noProcess, ['Worker']).Worker;

exports.inspector = classes(functions({
  console: globalThis.console, url() { return undefined; }, close() {},
}, 'inspector', noDebugger, ['open', 'waitForDebugger']), 'inspector', noDebugger, ['Session']);

exports.repl = classes(functions({
  REPL_MODE_SLOPPY: Symbol('repl-sloppy'), REPL_MODE_STRICT: Symbol('repl-strict'), builtinModules: [],
}, 'repl', noTerminal, ['start']), 'repl', noTerminal, ['REPLServer', 'Recoverable']);

exports.trace_events = { createTracing() { return { enabled: false, categories: '', enable() {}, disable() {} }; }, getEnabledCategories() { return undefined; } };

exports.wasi = classes({}, 'wasi', 'use a function of the WebAssembly runtime', ['WASI']);

// domain is deprecated, but old modules require it. A domain runs functions and
// passes on what they throw.
class Domain extends EventEmitter {
  constructor() {
    super();
    this.members = [];
  }
  run(fn, ...args) {
    try {
      return fn.apply(this, args);
    } catch (e) {
      if (!this.emit('error', e)) throw e;
      return undefined;
    }
  }
  bind(fn) {
    const domain = this;
    return function bound(...args) { return domain.run(() => fn.apply(this, args)); };
  }
  intercept(fn) {
    return this.bind((e, ...args) => (e ? this.emit('error', e) : fn(...args)));
  }
  add(emitter) { this.members.push(emitter); }
  remove(emitter) { this.members = this.members.filter((m) => m !== emitter); }
  enter() {}
  exit() {}
}
exports.domain = { Domain, active: null, create() { return new Domain(); }, createDomain() { return new Domain(); } };
