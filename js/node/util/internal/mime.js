// util.MIMEType and util.MIMEParams
const { TypeError, Map, Symbol, Object } = globalThis;
const { nodeError } = require('internal/errors');

const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const quotable = /^[\t\x20-\x7E\x80-\xFF]*$/;
const bad = (what, str, at) => nodeError(TypeError, 'ERR_INVALID_MIME_SYNTAX', `The MIME syntax for a ${what} in "${str}" is invalid${at !== -1 && at !== undefined ? ` at ${at}` : ''}`);
const indexOfBad = (s) => [...s].findIndex((c) => !token.test(c));

function quote(value) {
  if (value === '') return '""';
  return token.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

class MIMEParams {
  #map = new Map();
  static parse(text, params) {
    let rest = text;
    while (rest.includes(';')) {
      rest = rest.slice(rest.indexOf(';') + 1).replace(/^[ \t\r\n]+/, '');
      const end = rest.search(/[;=]/);
      const name = (end < 0 ? rest : rest.slice(0, end)).toLowerCase();
      if (end < 0) break;
      if (rest[end] === ';') {
        rest = rest.slice(end);
        continue;
      }
      rest = rest.slice(end + 1);
      let value;
      if (rest[0] === '"') {
        const m = /^"((?:[^"\\]|\\[\s\S]?)*)"?/.exec(rest);
        value = m[1].replace(/\\([\s\S])/g, '$1');
        rest = rest.slice(m[0].length);
      } else {
        const stop = rest.indexOf(';');
        value = (stop < 0 ? rest : rest.slice(0, stop)).replace(/[ \t\r\n]+$/, '');
        rest = stop < 0 ? '' : rest.slice(stop);
        if (value === '') continue;
      }
      if (name !== '' && token.test(name) && quotable.test(value) && !params.has(name)) params.set(name, value);
    }
    return params;
  }
  delete(name) { this.#map.delete(`${name}`); }
  get(name) { return this.#map.get(`${name}`) ?? null; }
  has(name) { return this.#map.has(`${name}`); }
  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    if (!token.test(name)) throw bad('parameter name', name, indexOfBad(name));
    if (!quotable.test(value)) throw bad(`parameter value`, value);
    this.#map.set(name, value);
  }
  entries() { return this.#map.entries(); }
  keys() { return this.#map.keys(); }
  values() { return this.#map.values(); }
  toString() { return [...this.#map].map(([k, v]) => `${k}=${quote(v)}`).join(';'); }
  toJSON() { return this.toString(); }
  [Symbol.iterator]() { return this.#map.entries(); }
}
const { parse } = MIMEParams;
delete MIMEParams.parse;

class MIMEType {
  #type;
  #subtype;
  #params;
  constructor(input) {
    input = `${input}`;
    const text = input.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    const slash = text.indexOf('/');
    const semi = text.indexOf(';');
    const type = slash < 0 ? text : text.slice(0, slash);
    if (type === '' || slash < 0 || !token.test(type)) throw bad('type', input, slash < 0 ? -1 : indexOfBad(type));
    const subtype = text.slice(slash + 1, semi < 0 ? undefined : semi).replace(/[ \t\r\n]+$/, '');
    if (subtype === '' || !token.test(subtype)) throw bad('subtype', input, indexOfBad(subtype));
    this.#type = type.toLowerCase();
    this.#subtype = subtype.toLowerCase();
    this.#params = parse(semi < 0 ? '' : text.slice(semi), new MIMEParams());
  }
  get type() { return this.#type; }
  set type(v) {
    v = `${v}`;
    if (!token.test(v)) throw bad('type', v, indexOfBad(v));
    this.#type = v.toLowerCase();
  }
  get subtype() { return this.#subtype; }
  set subtype(v) {
    v = `${v}`;
    if (!token.test(v)) throw bad('subtype', v, indexOfBad(v));
    this.#subtype = v.toLowerCase();
  }
  get essence() { return `${this.#type}/${this.#subtype}`; }
  get params() { return this.#params; }
  toString() {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
  toJSON() { return this.toString(); }
}
Object.assign(exports, { MIMEType, MIMEParams });
