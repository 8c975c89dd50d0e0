const { Map, Object, Array, String, Set } = globalThis;
const { console, now, write } = native;
const util = () => require('util');

const counts = new Map();
const timers = new Map();
let indent = '';

function elapsed(ms) {
  if (ms >= 1000) {
    const s = ms / 1000;
    if (s >= 60) {
      const m = s / 60;
      const pad = (n) => String(n).padStart(2, '0');
      if (m >= 60) return `${Math.floor(m / 60)}:${pad(Math.floor(m % 60))}:${pad(Math.floor(s % 60))} (h:mm:ss)`;
      return `${Math.floor(m)}:${pad(Math.floor(s % 60))}.${String(Math.floor(ms % 1000)).padStart(3, '0')} (m:ss.mmm)`;
    }
    return `${s.toFixed(3)}s`;
  }
  return `${Number(ms.toFixed(3))}ms`;
}
const { Number, Math } = globalThis;

function warn(message) {
  require('process').emitWarning(message);
}

function cell(value, depth) {
  return util().inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth });
}

function render(head, columns) {
  const rows = [];
  const width = util().getStringWidth;
  const widths = head.map((h) => width(h));
  const height = Math.max(...columns.map((c) => c.length));
  for (let i = 0; i < columns.length; i++) {
    for (let j = 0; j < height; j++) {
      rows[j] ??= [];
      const value = (rows[j][i] = Object.hasOwn(columns[i], j) ? columns[i][j] : '');
      widths[i] = Math.max(widths[i], width(value));
    }
  }
  const bars = widths.map((w) => '─'.repeat(w + 2));
  const line = (row) => `│ ${row.map((c, i) => c + ' '.repeat(widths[i] - width(c))).join(' │ ')} │\n`;
  let out = `┌${bars.join('┬')}┐\n${line(head)}├${bars.join('┼')}┤\n`;
  for (const row of rows) out += line(row);
  return `${out}└${bars.join('┴')}┘`;
}

function table(data, properties) {
  if (data === null || typeof data !== 'object') return undefined;
  const { types } = util();
  const depth = 0;
  const indexHead = '(index)';
  const valueHead = 'Values';
  if (types.isMap(data)) {
    const entries = [...data];
    return render(['(iteration index)', 'Key', valueHead], [entries.map((_, i) => String(i)), entries.map((e) => cell(e[0], 1)), entries.map((e) => cell(e[1], 1))]);
  }
  if (types.isSet(data)) {
    const values = [...data];
    return render(['(iteration index)', valueHead], [values.map((_, i) => String(i)), values.map((v) => cell(v, 1))]);
  }
  const columns = Object.create(null);
  const order = [];
  let hasPrimitives = false;
  const primitives = [];
  const keys = Object.keys(data);
  for (let i = 0; i < keys.length; i++) {
    const item = data[keys[i]];
    const primitive = item === null || (typeof item !== 'function' && typeof item !== 'object');
    if (primitive) {
      hasPrimitives = true;
      primitives[i] = cell(item, depth);
      continue;
    }
    for (const key of properties || Object.keys(item)) {
      if (columns[key] === undefined) {
        columns[key] = [];
        order.push(key);
      }
      if (primitive || !Object.hasOwn(item, key)) columns[key][i] = '';
      else columns[key][i] = cell(item[key], depth);
    }
  }
  const names = order.map(String);
  const parts = [keys, ...order.map((k) => columns[k])];
  if (hasPrimitives) {
    names.push(valueHead);
    parts.push(primitives);
  }
  return render([indexHead, ...names], parts);
}

const methods = {
  dir(object, options) {
    const text = util().inspect(object, { customInspect: false, ...options });
    write(1, `${indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`)}\n`);
  },
  time(label = 'default') {
    label = String(label);
    if (timers.has(label)) warn(`Label '${label}' already exists for console.time()`);
    else timers.set(label, now());
  },
  timeEnd(label = 'default') {
    label = String(label);
    const start = timers.get(label);
    if (start === undefined) {
      warn(`No such label '${label}' for console.timeEnd()`);
      return;
    }
    timers.delete(label);
    console.log('%s: %s', label, elapsed(now() - start));
  },
  timeLog(label = 'default', ...data) {
    label = String(label);
    const start = timers.get(label);
    if (start === undefined) warn(`No such label '${label}' for console.timeLog()`);
    else console.log('%s: %s', label, elapsed(now() - start), ...data);
  },
  assert(condition, ...args) {
    if (condition) return;
    if (args.length > 0 && typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else if (args.length === 0) args[0] = 'Assertion failed';
    else args.unshift('Assertion failed:');
    console.warn(...args);
  },
  clear() {},
  count(label = 'default') {
    label = `${label}`;
    const n = (counts.get(label) ?? 0) + 1;
    counts.set(label, n);
    console.log(`${label}: ${n}`);
  },
  countReset(label = 'default') {
    label = `${label}`;
    if (!counts.delete(label)) warn(`Count for '${label}' does not exist`);
  },
  group(...label) {
    if (label.length > 0) console.log(...label);
    indent += '  ';
  },
  groupEnd() {
    indent = indent.slice(2);
  },
  table(data, properties) {
    if (properties !== undefined && !Array.isArray(properties)) {
      throw require('internal/errors').invalidArgType('properties', 'Array', properties);
    }
    const text = table(data, properties);
    console.log(text === undefined ? data : text);
  },
  dirxml(...data) {
    console.log(...data);
  },
  groupCollapsed(...label) {
    console.group(...label);
  },
  profile() {},
  profileEnd() {},
  timeStamp() {},
};

// Console writes to streams of the guest's own, in Node's plain format.
let Console;
function makeConsole() {
  Console = function Console(options, stderr) {
    if (new.target === undefined) return new Console(...arguments);
    if (!options || typeof options.write === 'function') options = { stdout: options, stderr };
    const { stdout, inspectOptions } = options;
    const err = options.stderr ?? stdout;
    const { nodeError } = require('internal/errors');
    for (const [stream, name] of [[stdout, 'stdout'], [err, 'stderr']]) {
      if (!stream || typeof stream.write !== 'function') {
        throw nodeError(globalThis.TypeError, 'ERR_CONSOLE_WRITABLE_STREAM', `Console expects a writable stream instance for ${name}`);
      }
    }
    const step = ' '.repeat(options.groupIndentation ?? 2);
    let margin = '';
    const own = { counts: new Map(), timers: new Map() };
    const print = (stream) => (...args) => {
      let text = inspectOptions ? util().formatWithOptions(inspectOptions, ...args) : util().format(...args);
      if (margin !== '') text = margin + text.replaceAll('\n', `\n${margin}`);
      stream.write(`${text}\n`);
    };
    const log = print(stdout);
    const complain = print(err);
    Object.assign(this, {
      log, info: log, debug: log, dirxml: log, warn: complain, error: complain, trace: (...args) => complain(new globalThis.Error(util().format(...args)).stack.replace('Error', 'Trace')),
      dir: (object, o) => log(util().inspect(object, { customInspect: false, ...inspectOptions, ...o })),
      table: (data, properties) => { const text = table(data, properties); this.log(text === undefined ? data : text); },
      assert: (ok, ...args) => {
        if (ok) return;
        if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
        else args.unshift(args.length === 0 ? 'Assertion failed' : 'Assertion failed:');
        this.warn(...args);
      },
      count: (label = 'default') => { const n = (own.counts.get(`${label}`) ?? 0) + 1; own.counts.set(`${label}`, n); this.log(`${label}: ${n}`); },
      countReset: (label = 'default') => { own.counts.delete(`${label}`); },
      group: (...label) => { if (label.length > 0) this.log(...label); margin += step; },
      groupCollapsed: (...label) => this.group(...label),
      groupEnd: () => { margin = margin.slice(step.length); },
      time: (label = 'default') => { own.timers.set(`${label}`, now()); },
      timeLog: (label = 'default', ...data) => { const t = own.timers.get(`${label}`); if (t !== undefined) this.log('%s: %s', label, elapsed(now() - t), ...data); },
      timeEnd: (label = 'default') => { this.timeLog(label); own.timers.delete(`${label}`); },
      clear() {}, profile() {}, profileEnd() {}, timeStamp() {},
    });
    return this;
  };
  Object.defineProperty(Console, Symbol.hasInstance, { value: (v) => v === console || Function.prototype[Symbol.hasInstance].call(Console, v) });
  return Console;
}
const { Symbol, Function } = globalThis;
Object.defineProperty(methods, 'Console', { get: () => Console ?? makeConsole() });
return methods;
