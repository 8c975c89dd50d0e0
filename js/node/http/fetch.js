// fetch, Request and Response as the Fetch Standard defines them, for a client
// without origin, cookies and caches.
const { Object, Symbol, TypeError, RangeError, URL, JSON, Promise, Error, Uint8Array, AbortController, AbortSignal, Set } = globalThis;
const { Headers, setGuard, listOf } = require('internal/fetch/headers');
const { Body, extract, bodyOf, setBody, cloneBody } = require('internal/fetch/body');
const { STATUS_CODES } = require('internal/http/messages');
const { Buffer } = require('buffer');

const MAX_REDIRECTS = 20;
const NORMAL = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
const FORBIDDEN = new Set(['CONNECT', 'TRACE', 'TRACK']);

class Request extends Body {
  #o;
  constructor(input, init = {}) {
    super();
    if (arguments.length === 0) throw new TypeError('Request constructor: 1 argument required, but only 0 present.');
    const from = input instanceof Request ? input : null;
    const o = from !== null ? { ...from.#o } : {
      method: 'GET', mode: 'cors', credentials: 'same-origin', cache: 'default', redirect: 'follow', referrer: 'about:client',
      referrerPolicy: '', integrity: '', keepalive: false, duplex: 'half',
    };
    this.#o = o;
    if (from === null) {
      let url;
      try {
        url = new URL(`${input}`);
      } catch (e) {
        throw new TypeError(`Failed to parse URL from ${input}`, { cause: e });
      }
      if (url.username || url.password) throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${input}`);
      o.url = url.href;
    }
    init ??= {};
    if (init.method !== undefined) {
      const method = `${init.method}`;
      if (!/^[!#$%&'*+\-.^_\`|~0-9A-Za-z]+$/.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
      const upper = method.toUpperCase();
      if (FORBIDDEN.has(upper)) throw new TypeError(`'${method}' HTTP method is unsupported.`);
      o.method = NORMAL.has(upper) ? upper : method;
    }
    for (const key of ['mode', 'credentials', 'cache', 'redirect', 'integrity', 'referrer', 'referrerPolicy']) {
      if (init[key] !== undefined) o[key] = `${init[key]}`;
    }
    if (!['follow', 'manual', 'error'].includes(o.redirect)) throw new TypeError(`Request constructor: ${o.redirect} is not an accepted type. Expected one of follow, error, manual.`);
    if (init.keepalive !== undefined) o.keepalive = !!init.keepalive;
    o.headers = new Headers(init.headers ?? (from !== null ? from.#o.headers : undefined));
    const { signal } = init;
    if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal)) {
      throw new TypeError("Failed to construct 'Request': member signal is not of type AbortSignal.");
    }
    const follow = signal === undefined ? from?.signal : signal;
    o.signal = follow ? AbortSignal.any([follow]) : new AbortController().signal;
    let body = init.body ?? null;
    if (body === null && from !== null && init.body === undefined) {
      const inner = bodyOf(from);
      if (inner.bytes !== null || inner.stream !== null) {
        if (from.bodyUsed) throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
        setBody(this, inner);
        if (inner.stream !== null) setBody(from, {});
      }
    }
    if (body !== null) {
      if (o.method === 'GET' || o.method === 'HEAD') throw new TypeError('Request with GET/HEAD method cannot have body.');
      const extracted = extract(body);
      if (extracted.stream && init.duplex === undefined) throw new TypeError('RequestInit: duplex option is required when sending a body.');
      setBody(this, extracted);
      if (extracted.type && !o.headers.has('content-type')) o.headers.append('content-type', extracted.type);
    }
  }
  get method() { return this.#o.method; }
  get url() { return this.#o.url; }
  get headers() { return this.#o.headers; }
  get destination() { return ''; }
  get referrer() { return this.#o.referrer; }
  get referrerPolicy() { return this.#o.referrerPolicy; }
  get mode() { return this.#o.mode; }
  get credentials() { return this.#o.credentials; }
  get cache() { return this.#o.cache; }
  get redirect() { return this.#o.redirect; }
  get integrity() { return this.#o.integrity; }
  get keepalive() { return this.#o.keepalive; }
  get isReloadNavigation() { return false; }
  get isHistoryNavigation() { return false; }
  get signal() { return this.#o.signal; }
  get duplex() { return 'half'; }
  clone() {
    if (this.bodyUsed) throw new TypeError('unusable');
    const copy = new Request(this.#o.url, { signal: this.#o.signal });
    copy.#o = { ...this.#o, headers: new Headers(this.#o.headers), signal: copy.#o.signal };
    cloneBody(this, copy);
    return copy;
  }
}

let makeResponse;

class Response extends Body {
  #o = { type: 'default', url: '', status: 200, statusText: '', redirected: false, headers: null };
  constructor(body = null, init = {}) {
    super();
    init ??= {};
    const status = init.status === undefined ? 200 : init.status & 0xffff;
    if (status < 200 || status > 599) throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
    const text = init.statusText === undefined ? '' : `${init.statusText}`;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw new TypeError('Invalid statusText');
    this.#o.status = status;
    this.#o.statusText = text;
    this.#o.headers = new Headers(init.headers ?? undefined);
    if (body !== null && body !== undefined) {
      if (status === 204 || status === 205 || status === 304) throw new TypeError(`Response constructor: Invalid response status code ${status}`);
      const extracted = extract(body);
      setBody(this, extracted);
      if (extracted.type && !this.#o.headers.has('content-type')) this.#o.headers.append('content-type', extracted.type);
    }
  }
  get type() { return this.#o.type; }
  get url() { return this.#o.url; }
  get redirected() { return this.#o.redirected; }
  get status() { return this.#o.status; }
  get ok() { return this.#o.status >= 200 && this.#o.status <= 299; }
  get statusText() { return this.#o.statusText; }
  get headers() { return this.#o.headers; }
  clone() {
    if (this.bodyUsed || bodyOf(this).stream?.locked) throw new TypeError('Response.clone: Body has already been consumed.');
    const copy = new Response();
    copy.#o = { ...this.#o, headers: new Headers(this.#o.headers) };
    cloneBody(this, copy);
    return copy;
  }
  static error() {
    const r = new Response();
    r.#o.type = 'error';
    r.#o.status = 0;
    setGuard(r.#o.headers, 'immutable');
    return r;
  }
  static json(data, init = {}) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    const r = new Response(text, init);
    if (!new Headers(init?.headers ?? undefined).has('content-type')) r.#o.headers.set('content-type', 'application/json');
    return r;
  }
  static redirect(url, status = 302) {
    let target;
    try {
      target = new URL(`${url}`);
    } catch (e) {
      throw new TypeError(`Failed to parse URL from ${url}`, { cause: e });
    }
    if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Invalid status code ${status}`);
    const r = new Response(null, { status, headers: { location: target.href } });
    setGuard(r.#o.headers, 'immutable');
    return r;
  }
  static {
    makeResponse = (fields, body) => {
      const r = new Response();
      r.#o = fields;
      setGuard(fields.headers, 'immutable');
      if (body !== null) setBody(r, body);
      return r;
    };
  }
}

for (const C of [Request, Response]) {
  Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
  for (const key of Object.getOwnPropertyNames(C.prototype)) {
    if (key !== 'constructor') Object.defineProperty(C.prototype, key, { enumerable: true });
  }
}

// bytesOf reads the whole body of a request: it is sent when it is complete.
async function bytesOf(request) {
  const { bytes, stream } = bodyOf(request);
  if (bytes !== null) return bytes;
  return stream === null ? undefined : Buffer.from(await request.arrayBuffer());
}

// exchange sends one request and waits for the head of the response.
function exchange(method, url, list, body, signal) {
  return new Promise((resolve, reject) => {
    const handle = native.send(method, url, list, body, true, (error, status, text, headers) => {
      signal.removeEventListener('abort', abort);
      if (error !== null) reject(new TypeError('fetch failed', { cause: error }));
      else resolve({ handle, status, text, headers });
    });
    function abort() {
      native.abort(handle);
      reject(signal.reason);
    }
    signal.addEventListener('abort', abort, { once: true });
  });
}

// streamOf makes the body of a response, which is read as it is asked for.
function streamOf(handle, signal) {
  const { ReadableStream } = require('stream/web');
  let abort;
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      abort = () => {
        native.abort(handle);
        controller.error(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
    },
    pull(controller) {
      return new Promise((resolve, reject) => {
        native.read(handle, (error, bytes) => {
          if (signal.aborted) { resolve(); return; }
          if (error !== null) {
            reject(new TypeError('terminated', { cause: error }));
          } else if (bytes === null) {
            signal.removeEventListener('abort', abort);
            controller.close();
            resolve();
          } else {
            controller.enqueue(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
            resolve();
          }
        });
      });
    },
    cancel() { native.abort(handle); },
  }, { highWaterMark: 0 });
}

async function fetch(input, init = undefined) {
  if (arguments.length === 0) throw new TypeError("fetch: 1 argument required, but only 0 present.");
  const request = new Request(input, init);
  const { signal } = request;
  if (signal.aborted) throw signal.reason;
  let { method, url } = request;
  let body = await bytesOf(request);
  const headers = new Headers(request.headers);
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (!headers.has('accept-language')) headers.set('accept-language', '*');
  headers.set('sec-fetch-mode', request.mode);
  if (!headers.has('user-agent')) headers.set('user-agent', 'node');
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'gzip, deflate, br');
  for (let hops = 0; ; hops++) {
    const target = new URL(url);
    if (target.protocol === 'data:') return dataResponse(target.href);
    if (target.protocol !== 'http:' && target.protocol !== 'https:') {
      throw new TypeError('fetch failed', { cause: new Error('unknown scheme') });
    }
    target.hash = '';
    const { handle, status, text, headers: list } = await exchange(method, target.href, listOf(headers), body, signal);
    const received = new Headers();
    for (let i = 0; i < list.length; i += 2) received.append(list[i], list[i + 1]);
    const location = received.get('location');
    if ([301, 302, 303, 307, 308].includes(status) && request.redirect !== 'manual' && location !== null) {
      native.abort(handle);
      if (request.redirect === 'error') throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
      if (hops >= MAX_REDIRECTS) throw new TypeError('fetch failed', { cause: new Error('redirect count exceeded') });
      const next = new URL(location, url);
      if (next.hash === '' && new URL(url).hash !== '') next.hash = new URL(url).hash;
      if ((status === 303 && method !== 'GET' && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST')) {
        method = 'GET';
        body = undefined;
        for (const name of ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']) headers.delete(name);
      }
      if (next.origin !== new URL(url).origin) for (const name of ['authorization', 'cookie', 'host', 'proxy-authorization']) headers.delete(name);
      url = next.href;
      continue;
    }
    const empty = method === 'HEAD' || status === 204 || status === 205 || status === 304;
    if (empty) native.abort(handle);
    const shown = new URL(url);
    shown.hash = '';
    return makeResponse({
      type: 'basic', url: shown.href, status, statusText: text || STATUS_CODES[status] || '', redirected: hops > 0, headers: received,
    }, empty ? null : { stream: streamOf(handle, signal) });
  }
}

// dataResponse answers a data: URL.
function dataResponse(url) {
  const match = /^data:([^,]*?)(;base64)?,([^#]*)/is.exec(url);
  if (match === null) throw new TypeError('fetch failed', { cause: new Error('invalid data: URL') });
  const text = globalThis.decodeURIComponent(match[3]);
  const bytes = match[2] ? Buffer.from(text, 'base64') : Buffer.from(text, 'latin1');
  return makeResponse({
    type: 'basic', url, status: 200, statusText: 'OK', redirected: false,
    headers: new Headers({ 'content-type': match[1] || 'text/plain;charset=US-ASCII' }),
  }, { bytes });
}

Object.assign(exports, { fetch, Request, Response });
