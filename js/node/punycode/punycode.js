const { RangeError, String, Math, Array } = globalThis;

// The parameters of RFC 3492, section 5.
const BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_N = 128, MAX_INT = 2147483647;

const fail = {
  overflow: () => new RangeError('Overflow: input needs wider integers to process'),
  invalid: () => new RangeError('Invalid input'),
};

function adapt(delta, count, first) {
  delta = first ? Math.floor(delta / DAMP) : delta >> 1;
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) delta = Math.floor(delta / (BASE - T_MIN));
  return Math.floor(k + ((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}
const threshold = (k, bias) => (k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias);
const digit = (d) => String.fromCharCode(d < 26 ? d + 97 : d + 22);
function value(c) {
  if (c >= 48 && c < 58) return c - 22;
  if (c >= 65 && c < 91) return c - 65;
  if (c >= 97 && c < 123) return c - 97;
  return BASE;
}

// Code points of a string; surrogates without their other half stay.
function decodeUcs2(s) {
  return Array.from(s, (c) => c.codePointAt(0));
}
const encodeUcs2 = (points) => points.map((p) => String.fromCodePoint(p)).join('');

function decode(input) {
  const out = [];
  const end = Math.max(input.lastIndexOf('-'), 0);
  for (let j = 0; j < end; j++) {
    if (input.charCodeAt(j) >= 0x80) throw new RangeError('Illegal input >= 0x80 (not a basic code point)');
    out.push(input.charCodeAt(j));
  }
  let n = FIRST_N;
  let i = 0;
  let bias = FIRST_BIAS;
  for (let index = end > 0 ? end + 1 : 0; index < input.length;) {
    const before = i;
    for (let w = 1, k = BASE; ; k += BASE) {
      if (index >= input.length) throw fail.invalid();
      const d = value(input.charCodeAt(index++));
      if (d >= BASE) throw fail.invalid();
      if (d > Math.floor((MAX_INT - i) / w)) throw fail.overflow();
      i += d * w;
      const t = threshold(k, bias);
      if (d < t) break;
      if (w > Math.floor(MAX_INT / (BASE - t))) throw fail.overflow();
      w *= BASE - t;
    }
    const size = out.length + 1;
    bias = adapt(i - before, size, before === 0);
    if (Math.floor(i / size) > MAX_INT - n) throw fail.overflow();
    n += Math.floor(i / size);
    i %= size;
    out.splice(i++, 0, n);
  }
  return encodeUcs2(out);
}

function encode(input) {
  const points = decodeUcs2(input);
  const out = points.filter((p) => p < 0x80).map((p) => String.fromCharCode(p));
  const basic = out.length;
  let handled = basic;
  if (basic > 0) out.push('-');
  let n = FIRST_N;
  let delta = 0;
  let bias = FIRST_BIAS;
  while (handled < points.length) {
    const next = points.reduce((m, p) => (p >= n && p < m ? p : m), MAX_INT);
    if (next - n > Math.floor((MAX_INT - delta) / (handled + 1))) throw fail.overflow();
    delta += (next - n) * (handled + 1);
    n = next;
    for (const p of points) {
      if (p < n && ++delta > MAX_INT) throw fail.overflow();
      if (p !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        out.push(digit(t + ((q - t) % (BASE - t))));
        q = Math.floor((q - t) / (BASE - t));
      }
      out.push(digit(q));
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return out.join('');
}

function labels(domain, fn) {
  const at = domain.lastIndexOf('@');
  const user = at < 0 ? '' : domain.slice(0, at + 1);
  return user + domain.slice(at + 1).replace(/[\u002E\u3002\uFF0E\uFF61]/g, '.').split('.').map(fn).join('.');
}
globalThis.Object.assign(exports, {
  version: '2.1.0',
  ucs2: { decode: decodeUcs2, encode: encodeUcs2 },
  decode, encode,
  toASCII: (domain) => labels(domain, (l) => (/[^\x00-\x7f]/.test(l) ? `xn--${encode(l)}` : l)),
  toUnicode: (domain) => labels(domain, (l) => (l.startsWith('xn--') ? decode(l.slice(4).toLowerCase()) : l)),
});
