// FormData, and the bodies of requests and responses.
const { Object, Symbol, TypeError, Uint8Array, URLSearchParams, JSON } = globalThis;
const { Buffer } = require('buffer');
const { Blob, File, bytesOf } = require('internal/blob');

class FormData {
  #entries = []; // [name, value]
  constructor(form = undefined) {
    if (form !== undefined) throw new TypeError("Failed to construct 'FormData': parameter 1 is not of type 'HTMLFormElement'.");
  }
  #value(value, filename) {
    if (!(value instanceof Blob)) return `${value}`;
    if (filename !== undefined) return new File([value], `${filename}`, { type: value.type, lastModified: value.lastModified });
    return value instanceof File ? value : new File([value], 'blob', { type: value.type });
  }
  append(name, value, filename = undefined) { this.#entries.push([`${name}`, this.#value(value, filename)]); }
  set(name, value, filename = undefined) {
    name = `${name}`;
    const item = [name, this.#value(value, filename)];
    const at = this.#entries.findIndex(([key]) => key === name);
    if (at < 0) this.#entries.push(item);
    else {
      this.#entries[at] = item;
      this.#entries = this.#entries.filter(([key], i) => key !== name || i === at);
    }
  }
  delete(name) { this.#entries = this.#entries.filter(([key]) => key !== `${name}`); }
  get(name) { return this.#entries.find(([key]) => key === `${name}`)?.[1] ?? null; }
  getAll(name) { return this.#entries.filter(([key]) => key === `${name}`).map(([, value]) => value); }
  has(name) { return this.#entries.some(([key]) => key === `${name}`); }
  forEach(callback, self = undefined) { for (const [name, value] of this) callback.call(self, value, name, this); }
  entries() { return this.#entries.map(([name, value]) => [name, value])[Symbol.iterator](); }
  keys() { return this.#entries.map(([name]) => name)[Symbol.iterator](); }
  values() { return this.#entries.map(([, value]) => value)[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
}
Object.defineProperty(FormData.prototype, Symbol.toStringTag, { value: 'FormData', configurable: true });

// Multipart

function encode(form) {
  const boundary = `----formdata-${require('crypto').randomBytes(12).toString('hex')}`;
  const escape = (text) => text.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
  const parts = [];
  for (const [name, value] of form) {
    let head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(name.replace(/\r?\n|\r/g, '\r\n'))}"`;
    if (typeof value === 'string') {
      parts.push(Buffer.from(`${head}\r\n\r\n${value.replace(/\r?\n|\r/g, '\r\n')}\r\n`));
    } else {
      head += `; filename="${escape(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`;
      parts.push(Buffer.from(head), bytesOf(value), Buffer.from('\r\n'));
    }
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return [Buffer.concat(parts), `multipart/form-data; boundary=${boundary}`];
}

function decode(bytes, type) {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
  if (boundary === null) throw new TypeError('Failed to parse body as FormData.');
  const mark = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  const form = new FormData();
  let at = bytes.indexOf(mark);
  if (at < 0) throw new TypeError('Failed to parse body as FormData.');
  for (;;) {
    at += mark.length;
    if (bytes.toString('latin1', at, at + 2) === '--') return form;
    const head = bytes.indexOf('\r\n\r\n', at);
    const next = bytes.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), head + 2);
    if (head < 0 || next < 0) throw new TypeError('Failed to parse body as FormData.');
    const headers = bytes.toString('utf8', at + 2, head);
    const unescape = (text) => text.replace(/%0A/gi, '\n').replace(/%0D/gi, '\r').replace(/%22/g, '"');
    const name = /^content-disposition:.*?[;\s]name="([^"]*)"/im.exec(headers);
    if (name === null) throw new TypeError('Failed to parse body as FormData.');
    const filename = /^content-disposition:.*?;\s*filename="([^"]*)"/im.exec(headers);
    const content = bytes.subarray(head + 4, next < head + 4 ? head + 4 : next);
    if (filename === null) form.append(unescape(name[1]), content.toString());
    else {
      const kind = /^content-type:\s*(.+?)\s*$/im.exec(headers);
      form.append(unescape(name[1]), new File([content], unescape(filename[1]), { type: kind === null ? 'text/plain' : kind[1] }));
    }
    at = next + 2;
  }
}

// extract turns what may be a body into bytes or a stream, and its type.
function extract(body) {
  if (typeof body === 'string') return { bytes: Buffer.from(body), type: 'text/plain;charset=UTF-8' };
  if (body instanceof URLSearchParams) return { bytes: Buffer.from(`${body}`), type: 'application/x-www-form-urlencoded;charset=UTF-8' };
  if (body instanceof Blob) return { bytes: bytesOf(body), type: body.type || null };
  if (body instanceof FormData) {
    const [bytes, type] = encode(body);
    return { bytes, type };
  }
  if (native.isBytes(body)) return { bytes: Buffer.from(native.view(body)), type: null };
  if (typeof body.getReader === 'function') {
    if (body.locked) throw new TypeError('Response body object should not be disturbed or locked');
    return { stream: body, type: null };
  }
  if (typeof body[Symbol.asyncIterator] === 'function') {
    const { ReadableStream } = require('stream/web');
    const iterator = body[Symbol.asyncIterator]();
    return { stream: new ReadableStream({
      async pull(controller) {
        const { value, done } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(Buffer.from(value)));
      },
      async cancel(reason) { await iterator.return?.(reason); },
    }), type: null };
  }
  return { bytes: Buffer.from(`${body}`), type: 'text/plain;charset=UTF-8' };
}

let bodyOf, setBody, cloneBody, stateOf;

// Body is the base of Request and Response. It holds bytes or a stream; bytes
// become a stream only if somebody asks for it.
class Body {
  #bytes = null; #stream = null; #used = false;
  get body() {
    if (this.#stream === null && this.#bytes !== null) {
      const { ReadableStream } = require('stream/web');
      let bytes = this.#bytes;
      this.#stream = new ReadableStream({
        type: 'bytes',
        pull(controller) {
          if (bytes.length > 0) controller.enqueue(new Uint8Array(bytes));
          bytes = null;
          controller.close();
        },
      });
      this.#bytes = null;
    }
    return this.#stream;
  }
  get bodyUsed() { return this.#used || (this.#stream !== null && stateOf(this.#stream)); }
  async #consume() {
    if (this.bodyUsed || this.#stream?.locked) throw new TypeError('Body is unusable: Body has already been read');
    if (this.#bytes !== null) {
      const bytes = this.#bytes;
      this.#used = true;
      return bytes;
    }
    if (this.#stream === null) return Buffer.alloc(0);
    this.#used = true;
    const reader = this.#stream.getReader();
    const parts = [];
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
      parts.push(value);
    }
    return Buffer.concat(parts);
  }
  async arrayBuffer() {
    const bytes = await this.#consume();
    return new Uint8Array(bytes).buffer;
  }
  async bytes() { return new Uint8Array(await this.#consume()); }
  async text() {
    const bytes = await this.#consume();
    return (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes).toString();
  }
  async json() { return JSON.parse(await this.text()); }
  async blob() {
    const bytes = await this.#consume();
    return new Blob([bytes], { type: this.headers.get('content-type') ?? '' });
  }
  async formData() {
    const type = this.headers.get('content-type') ?? '';
    if (/^multipart\/form-data/i.test(type)) return decode(await this.#consume(), type);
    if (/^application\/x-www-form-urlencoded/i.test(type)) {
      const form = new FormData();
      for (const [name, value] of new URLSearchParams((await this.#consume()).toString())) form.append(name, value);
      return form;
    }
    throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
  }
  static {
    bodyOf = (b) => ({ bytes: b.#bytes, stream: b.#stream });
    setBody = (b, { bytes = null, stream = null }) => {
      b.#bytes = bytes;
      b.#stream = stream;
    };
    // cloneBody gives both objects a body of their own.
    cloneBody = (from, to) => {
      to.#bytes = from.#bytes;
      if (from.#stream !== null) [from.#stream, to.#stream] = from.#stream.tee();
    };
    // stateOf tells whether a stream has been read from; the streams do not say,
    // so those that we made for a body are watched.
    stateOf = () => false;
  }
}

Object.assign(exports, { FormData, Body, extract, bodyOf, setBody, cloneBody });
