// The messages of HTTP: IncomingMessage, and OutgoingMessage with
// ServerResponse, which writes its text to whatever socket it is assigned.
const { Object, Array, Error, TypeError, RangeError, Symbol, Date } = globalThis;
const { Readable, Stream } = require('stream');
const { Buffer } = require('buffer');
const { nodeError, invalidArgType, validateString } = require('internal/errors');

const STATUS_CODES = { 100: 'Continue', 101: 'Switching Protocols', 102: 'Processing', 103: 'Early Hints', 200: 'OK', 201: 'Created', 202: 'Accepted', 203: 'Non-Authoritative Information', 204: 'No Content', 205: 'Reset Content', 206: 'Partial Content', 207: 'Multi-Status', 208: 'Already Reported', 226: 'IM Used', 300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 305: 'Use Proxy', 307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable', 407: 'Proxy Authentication Required', 408: 'Request Timeout', 409: 'Conflict', 410: 'Gone', 411: 'Length Required', 412: 'Precondition Failed', 413: 'Payload Too Large', 414: 'URI Too Long', 415: 'Unsupported Media Type', 416: 'Range Not Satisfiable', 417: 'Expectation Failed', 418: "I'm a Teapot", 421: 'Misdirected Request', 422: 'Unprocessable Entity', 423: 'Locked', 424: 'Failed Dependency', 425: 'Too Early', 426: 'Upgrade Required', 428: 'Precondition Required', 429: 'Too Many Requests', 431: 'Request Header Fields Too Large', 451: 'Unavailable For Legal Reasons', 500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout', 505: 'HTTP Version Not Supported', 506: 'Variant Also Negotiates', 507: 'Insufficient Storage', 508: 'Loop Detected', 509: 'Bandwidth Limit Exceeded', 510: 'Not Extended', 511: 'Network Authentication Required' };

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

function validateHeaderName(name, label = 'Header name') {
  if (typeof name !== 'string' || name === '' || !TOKEN.test(name)) {
    throw nodeError(TypeError, 'ERR_INVALID_HTTP_TOKEN', `${label} must be a valid HTTP token ["${name}"]`);
  }
}
function validateHeaderValue(name, value) {
  if (value === undefined) throw nodeError(TypeError, 'ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "${value}" for header "${name}"`);
  if (BAD_VALUE.test(`${value}`)) throw nodeError(TypeError, 'ERR_INVALID_CHAR', `Invalid character in header content ["${name}"]`);
}

// single are the headers of which only the first of several counts.
const single = new globalThis.Set(['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host', 'if-modified-since',
  'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer', 'retry-after', 'server', 'user-agent']);

class IncomingMessage extends Readable {
  constructor(socket) {
    super(socket ? { highWaterMark: socket.readableHighWaterMark } : undefined);
    this.httpVersionMajor = null;
    this.httpVersionMinor = null;
    this.httpVersion = null;
    this.complete = false;
    this.rawHeaders = [];
    this.rawTrailers = [];
    this.headers = {};
    this.trailers = {};
    this.aborted = false;
    this.upgrade = null;
    this.url = '';
    this.method = null;
    this.statusCode = null;
    this.statusMessage = null;
    this.socket = socket;
    this.client = socket;
  }
  get connection() { return this.socket; }
  set connection(value) { this.socket = value; }
  get headersDistinct() {
    const out = { __proto__: null };
    for (let i = 0; i < this.rawHeaders.length; i += 2) (out[this.rawHeaders[i].toLowerCase()] ??= []).push(this.rawHeaders[i + 1]);
    return out;
  }
  setTimeout(ms, callback) {
    if (callback) this.on('timeout', callback);
    this.socket?.setTimeout?.(ms);
    return this;
  }
  _read() {}
  _destroy(error, callback) {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      if (this.complete === false) this.emit('aborted');
    }
    callback(error);
  }
  // _fill takes over a flat list of names and values.
  _fill(list) {
    this.rawHeaders = list;
    for (let i = 0; i < list.length; i += 2) {
      const name = list[i].toLowerCase();
      const value = list[i + 1];
      const { headers } = this;
      if (name === 'set-cookie') (headers[name] ??= []).push(value);
      else if (headers[name] === undefined) headers[name] = value;
      else if (name === 'cookie') headers[name] += `; ${value}`;
      else if (!single.has(name)) headers[name] += `, ${value}`;
    }
  }
}

const HEADERS = Symbol('headers');

class OutgoingMessage extends Stream {
  constructor() {
    super();
    this[HEADERS] = null; // lower-case name -> [name, value]
    this._header = null;
    this._headerSent = false;
    this._hasBody = true;
    this._pending = [];
    this.outputData = [];
    this.sendDate = false;
    this.shouldKeepAlive = true;
    this.useChunkedEncodingByDefault = true;
    this.chunkedEncoding = false;
    this.finished = false;
    this.destroyed = false;
    this.writable = true;
    this.socket = null;
    this.errored = null;
    this._closed = false;
    this._contentLength = null;
  }
  get headersSent() { return !!this._header; }
  get connection() { return this.socket; }
  set connection(value) { this.socket = value; }
  get writableEnded() { return this.finished; }
  get writableFinished() { return this.finished && this.outputData.length === 0; }
  get writableObjectMode() { return false; }
  get writableLength() { return 0; }
  get writableHighWaterMark() { return 16384; }
  get writableCorked() { return 0; }
  get writableNeedDrain() { return false; }
  get closed() { return this._closed; }
  get _headers() { return this.getHeaders(); }

  setHeader(name, value) {
    if (this._header) throw nodeError(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot set headers after they are sent to the client');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    (this[HEADERS] ??= { __proto__: null })[name.toLowerCase()] = [name, value];
    return this;
  }
  setHeaders(headers) {
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  }
  appendHeader(name, value) {
    const old = this.getHeader(name);
    return this.setHeader(name, old === undefined ? value : [].concat(old, value));
  }
  getHeader(name) {
    validateString(name, 'name');
    return this[HEADERS]?.[name.toLowerCase()]?.[1];
  }
  getHeaderNames() { return this[HEADERS] === null ? [] : Object.keys(this[HEADERS]); }
  getRawHeaderNames() { return this[HEADERS] === null ? [] : Object.values(this[HEADERS]).map(([name]) => name); }
  getHeaders() {
    const out = { __proto__: null };
    for (const key of this.getHeaderNames()) out[key] = this[HEADERS][key][1];
    return out;
  }
  hasHeader(name) {
    validateString(name, 'name');
    return this[HEADERS] !== null && name.toLowerCase() in this[HEADERS];
  }
  removeHeader(name) {
    validateString(name, 'name');
    if (this._header) throw nodeError(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot remove headers after they are sent to the client');
    if (this[HEADERS] !== null) delete this[HEADERS][name.toLowerCase()];
  }
  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._send('');
  }
  addTrailers() {}
  cork() { this.socket?.cork?.(); }
  uncork() { this.socket?.uncork?.(); }
  setTimeout(ms, callback) {
    if (callback) this.on('timeout', callback);
    this.socket?.setTimeout?.(ms);
    return this;
  }
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.errored = error ?? null;
    this.socket?.destroy?.(error);
    return this;
  }
  assignSocket(socket) {
    this.socket = socket;
    socket._httpMessage = this;
    this.emit('socket', socket);
    this._drain();
  }
  detachSocket(socket) {
    socket._httpMessage = null;
    this.socket = null;
  }
  _implicitHeader() { throw nodeError(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _implicitHeader() method is not implemented'); }
  // _storeHeader builds the text before the body.
  _storeHeader(firstLine, headers) {
    let text = firstLine;
    const lower = new globalThis.Set();
    const add = (name, value) => {
      lower.add(name.toLowerCase());
      for (const one of Array.isArray(value) ? value : [value]) text += `${name}: ${one}\r\n`;
    };
    if (headers) {
      if (Array.isArray(headers)) for (const [name, value] of headers) add(name, value);
      else for (const key of Object.keys(headers)) add(key, headers[key]);
    }
    if (this.sendDate && !lower.has('date')) text += `Date: ${new Date().toUTCString()}\r\n`;
    if (!lower.has('connection')) text += 'Connection: keep-alive\r\n';
    if (lower.has('content-length') || lower.has('transfer-encoding') || !this._hasBody) {
      this.chunkedEncoding = lower.has('transfer-encoding') && /chunked/i.test(text);
    } else if (this._contentLength !== null) {
      text += `Content-Length: ${this._contentLength}\r\n`;
    } else if (this.useChunkedEncodingByDefault) {
      text += 'Transfer-Encoding: chunked\r\n';
      this.chunkedEncoding = true;
    }
    this._header = `${text}\r\n`;
    this._headerSent = false;
  }
  _send(data, encoding, callback) {
    if (!this._headerSent) {
      if (typeof data === 'string' && (encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'latin1')) data = this._header + data;
      else this.outputData.unshift({ data: this._header, encoding: 'latin1', callback: null });
      this._headerSent = true;
    }
    this.outputData.push({ data, encoding, callback });
    this._drain();
    return true;
  }
  _drain() {
    const { socket } = this;
    if (!socket || socket.writable === false) return;
    while (this.outputData.length > 0) {
      const { data, encoding, callback } = this.outputData.shift();
      socket.write(data, encoding, callback);
    }
    if (this.finished) this._finish();
  }
  _finish() {
    if (this._emitted) return;
    this._emitted = true;
    this.emit('prefinish');
    globalThis.process.nextTick(() => this.emit('finish'));
  }
  write(chunk, encoding, callback) {
    if (typeof encoding === 'function') [callback, encoding] = [encoding, null];
    if (chunk === null) throw nodeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
    if (typeof chunk !== 'string' && !(chunk instanceof globalThis.Uint8Array)) throw invalidArgType('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
    if (this.finished) {
      const e = nodeError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
      globalThis.process.nextTick(() => { callback?.(e); this.emit('error', e); });
      return false;
    }
    if (!this._header) this._implicitHeader();
    if (!this._hasBody) { if (callback) globalThis.process.nextTick(callback); return true; }
    if (this.chunkedEncoding && chunk.length > 0) {
      const size = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
      this._send(`${size.toString(16)}\r\n`, 'latin1', null);
      this._send(chunk, encoding, null);
      return this._send('\r\n', 'latin1', callback);
    }
    return this._send(chunk, encoding, callback);
  }
  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') [callback, chunk, encoding] = [chunk, null, null];
    else if (typeof encoding === 'function') [callback, encoding] = [encoding, null];
    if (this.finished) {
      if (callback) globalThis.process.nextTick(callback);
      return this;
    }
    if (callback) this.once('finish', callback);
    if (chunk !== null && chunk !== undefined) {
      if (!this._header) {
        this._contentLength = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
      }
      this.write(chunk, encoding);
    } else if (!this._header) {
      this._contentLength = 0;
      this._implicitHeader();
    }
    if (this._hasBody && this.chunkedEncoding) this._send('0\r\n\r\n', 'latin1', null);
    else if (!this._headerSent) this._send('', 'latin1', null);
    this.finished = true;
    this._drain();
    return this;
  }
}

class ServerResponse extends OutgoingMessage {
  constructor(req, options) {
    super();
    this.req = req;
    this.statusCode = 200;
    this.statusMessage = undefined;
    this.sendDate = true;
    if (req?.method === 'HEAD') this._hasBody = false;
  }
  get _headerNames() { return this.getRawHeaderNames(); }
  _implicitHeader() { this.writeHead(this.statusCode); }
  writeContinue() {}
  writeProcessing() {}
  writeEarlyHints() {}
  writeHead(status, reason, headers) {
    if (this._header) throw nodeError(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot write headers after they are sent to the client');
    const code = status | 0;
    if (code < 100 || code > 999) throw nodeError(RangeError, 'ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${status}`);
    if (typeof reason === 'string') this.statusMessage = reason;
    else {
      this.statusMessage ||= STATUS_CODES[code] ?? 'unknown';
      headers ??= reason;
    }
    this.statusCode = code;
    if (Array.isArray(headers)) {
      for (let i = 0; i < headers.length; i += Array.isArray(headers[i]) ? 1 : 2) {
        if (Array.isArray(headers[i])) this.setHeader(headers[i][0], headers[i][1]);
        else this.setHeader(headers[i], headers[i + 1]);
      }
    } else if (headers) {
      for (const key of Object.keys(headers)) if (key) this.setHeader(key, headers[key]);
    }
    if (code === 204 || code === 304 || (code >= 100 && code <= 199)) this._hasBody = false;
    this._storeHeader(`HTTP/1.1 ${code} ${this.statusMessage}\r\n`, Object.values(this[HEADERS] ?? {}));
    return this;
  }
}
ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

Object.assign(exports, { STATUS_CODES, IncomingMessage, OutgoingMessage, ServerResponse, validateHeaderName, validateHeaderValue });
