const { Object, String, Number, Array, decodeURIComponent } = globalThis;

const qs = exports;
function unescape(s) {
  try {
    return decodeURIComponent(s);
  } catch {
    return native.decode(s);
  }
}
function primitive(v) {
  switch (typeof v) {
    case 'string': return v;
    case 'number': return Number.isFinite(v) ? `${v}` : '';
    case 'bigint': return `${v}`;
    case 'boolean': return v ? 'true' : 'false';
    default: return '';
  }
}
function stringify(obj, sep = '&', eq = '=', options = undefined) {
  sep = sep || '&';
  eq = eq || '=';
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : qs.escape;
  if (obj === null || typeof obj !== 'object') return '';
  const out = [];
  for (const key of Object.keys(obj)) {
    const value = obj[key];
    const head = encode(primitive(key)) + eq;
    if (Array.isArray(value)) for (const v of value) out.push(head + encode(primitive(v)));
    else out.push(head + encode(primitive(value)));
  }
  return out.join(sep);
}
function parse(str, sep = '&', eq = '=', options = undefined) {
  const out = Object.create(null);
  if (typeof str !== 'string' || str.length === 0) return out;
  sep = sep ? `${sep}` : '&';
  eq = eq ? `${eq}` : '=';
  const limit = typeof options?.maxKeys === 'number' ? options.maxKeys : 1000;
  const decode = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : qs.unescape;
  const text = (s) => {
    if (decode === unescape) {
      s = s.includes('+') ? s.replaceAll('+', ' ') : s;
      return s.includes('%') ? unescape(s) : s;
    }
    try {
      return decode(s.replaceAll('+', '%20'));
    } catch {
      return native.decode(s.replaceAll('+', ' '));
    }
  };
  let parts = str.split(sep).filter((p) => p !== '');
  if (limit > 0 && parts.length > limit) parts = parts.slice(0, limit);
  for (const part of parts) {
    const at = part.indexOf(eq);
    const key = text(at < 0 ? part : part.slice(0, at));
    const value = at < 0 ? '' : text(part.slice(at + eq.length));
    const before = out[key];
    if (before === undefined) out[key] = value;
    else if (Array.isArray(before)) before.push(value);
    else out[key] = [before, value];
  }
  return out;
}
Object.assign(qs, { unescapeBuffer: (s, plus) => require('buffer').Buffer.from(native.decode(plus ? s.replaceAll('+', ' ') : s)), unescape, escape: native.escape, stringify, encode: stringify, parse, decode: parse });
