// AssertionError and the text that shows how two values differ.
const { Error, Object, Math, Symbol } = globalThis;
const { inspect } = require('util');

const heads = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};
const show = (v) => inspect(v, { compact: false, customInspect: false, depth: 1000, maxArrayLength: globalThis.Infinity, showHidden: false, showProxy: false, sorted: true, getters: true });
const isComposite = (v) => (typeof v === 'object' && v !== null) || typeof v === 'function';

// A trailing comma depends on what follows: it makes no difference.
const bare = (line) => (line.endsWith(',') ? line.slice(0, -1) : line);

// rows aligns two texts line by line: equal lines first and last are paired,
// those between by their position.
function rows(a, b) {
  let tail = 0;
  while (tail < a.length && tail < b.length && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const n = Math.max(a.length, b.length) - tail;
  const out = [];
  for (let i = 0; i < n; i++) {
    const left = i < a.length - tail ? a[i] : undefined;
    const right = i < b.length - tail ? b[i] : undefined;
    if (left !== undefined && right !== undefined && bare(left) === bare(right)) out.push({ same: right.endsWith(',') ? right : left });
    else out.push({ left, right });
  }
  return { out, tail: tail === 0 ? [] : a.slice(a.length - tail) };
}

// abridge shortens a run of equal lines: begin and end of it are kept.
function abridge(run, first, last) {
  if (run.length <= first + last + 1) return { lines: run.map((l) => `  ${l}`), cut: false };
  const lines = [...run.slice(0, first), null, ...run.slice(run.length - last)];
  return { lines: lines.map((l) => (l === null ? '...' : `  ${l}`)), cut: true };
}

function shortDiff(actual, expected, left, right, operator, title) {
  if (left.length + right.length <= 10) {
    if (!isComposite(actual) && !isComposite(expected) && (actual !== 0 || expected !== 0)) return { text: `${title}\n\n${left} !== ${right}\n` };
    return {};
  }
  if (operator === 'strictEqualObject' || left.length + right.length >= 80) return {};
  let i = 0;
  while (left[i] === right[i]) i++;
  return i > 2 ? { mark: `\n  ${' '.repeat(i)}^` } : {};
}

const MAX_LINES = 50;

function diff(actual, expected, operator, message) {
  const bothObjects = typeof actual === 'object' && actual !== null && typeof expected === 'object' && expected !== null;
  if (operator === 'strictEqual' && (bothObjects || (typeof actual === 'function' && typeof expected === 'function'))) operator = 'strictEqualObject';
  const title = message ?? heads[operator];
  const a = show(actual).split('\n');
  const b = show(expected).split('\n');
  let mark = '';
  if (a.length === 1 && b.length === 1 && a[0] !== b[0]) {
    const short = shortDiff(actual, expected, a[0], b[0], operator, title);
    if (short.text !== undefined) return short.text;
    mark = short.mark ?? '';
  }
  const { out, tail } = rows(a, b);
  if (out.length === 0) return `${heads.notIdentical}\n\n${limit(a).join('\n')}\n`;
  const lines = [];
  let cutAny = false;
  let run = [];
  let minus = [];
  const flushRun = () => {
    const part = abridge(run, 2, 2);
    cutAny ||= part.cut;
    lines.push(...part.lines);
    run = [];
  };
  const flushMinus = () => {
    lines.push(...minus);
    minus = [];
  };
  for (const row of out) {
    if (row.same !== undefined) {
      flushMinus();
      run.push(row.same);
      continue;
    }
    flushRun();
    if (row.left !== undefined) lines.push(`+ ${row.left}`);
    if (row.right !== undefined) minus.push(`- ${row.right}`);
  }
  flushMinus();
  if (run.length > 0) lines.push(...run.slice(0, 2).map((l) => `  ${l}`));
  const head = `${title}\n+ actual - expected`;
  if (lines.length > MAX_LINES) return `${head} ... Lines skipped\n\n${lines.slice(0, MAX_LINES).join('\n')}\n...`;
  const end = abridge(tail, 1, 3);
  if (tail.length === 5) {
    end.lines = [`  ${tail[0]}`, '...', ...tail.slice(2).map((l) => `  ${l}`)];
    end.cut = true;
  }
  cutAny ||= end.cut;
  return `${head}${cutAny ? ' ... Lines skipped' : ''}\n\n${[...lines, ...end.lines].join('\n')}${mark}`;
}

// limit keeps the first lines of a long text.
const limit = (lines) => (lines.length > MAX_LINES ? [...lines.slice(0, 46), '...'] : lines);

function cut(text, n) {
  const lines = text.split('\n');
  return lines.length > n ? `${lines.slice(0, n).join('\n')}\n...` : text;
}

function describe(actual, expected, operator) {
  if (operator === 'deepStrictEqual' || operator === 'strictEqual') return diff(actual, expected, operator);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') {
    let base = heads[operator];
    const lines = limit(show(actual).split('\n'));
    if (operator === 'notStrictEqual' && isComposite(actual)) base = heads.notStrictEqualObject;
    return lines.length === 1 ? `${base}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}` : `${base}\n\n${lines.join('\n')}\n`;
  }
  const known = heads[operator];
  let a = show(actual);
  let e = show(expected);
  if (operator === 'notDeepEqual' && a === e) {
    a = `${known}\n\n${a}`;
    return a.length > 1024 ? `${a.slice(0, 1021)}...` : a;
  }
  if (a.length > 512) a = `${a.slice(0, 509)}...`;
  if (e.length > 512) e = `${e.slice(0, 509)}...`;
  if (operator === 'deepEqual') a = `${known}\n\n${a}\n\nshould loosely deep-equal\n\n`;
  else if (operator === 'notDeepEqual') a = `${heads.notDeepEqualUnequal}\n\n${a}\n\nshould not loosely deep-equal\n\n`;
  else e = ` ${operator} ${e}`;
  return `${a}${e}`;
}

class AssertionError extends Error {
  constructor(options) {
    require('internal/errors').validateObject(options, 'options');
    const { message, operator, actual, expected } = options;
    if (message == null) super(describe(actual, expected, operator));
    else super(operator === 'strictEqual' || operator === 'deepStrictEqual' ? diff(actual, expected, operator, `${message}`) : `${message}`);
    this.generatedMessage = !message;
    Object.defineProperty(this, 'name', { value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true });
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    this.stack; // formatted now, with the code in its head
    this.name = 'AssertionError';
  }
  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
  [inspect.custom](depth, options) {
    const short = (v) => (typeof v === 'string' ? cut(v.length > 512 ? `${v.slice(0, 512)}...` : v, 10) : v);
    const { actual, expected } = this;
    this.actual = short(actual);
    this.expected = short(expected);
    const text = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}
exports.AssertionError = AssertionError;
exports.cut = cut;
