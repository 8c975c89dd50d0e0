const { Object, Array, Error, TypeError, URL, Infinity, Number, decodeURIComponent } = globalThis;
const EventEmitter = require('events');
const { Buffer } = require('buffer');
const { nodeError, invalidArgType } = require('internal/errors');
const { unsupported } = require('internal/absent');
const timers = require('timers');
const messages = require('internal/http/messages');
const { IncomingMessage, OutgoingMessage, ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue } = messages;
const { nextTick } = require('process');

const METHODS = ['ACL', 'BIND', 'CHECKOUT', 'CONNECT', 'COPY', 'DELETE', 'GET', 'HEAD', 'LINK', 'LOCK', 'M-SEARCH', 'MERGE', 'MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MOVE', 'NOTIFY', 'OPTIONS', 'PATCH', 'POST', 'PROPFIND', 'PROPPATCH', 'PURGE', 'PUT', 'QUERY', 'REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'TRACE', 'UNBIND', 'UNLINK', 'UNLOCK', 'UNSUBSCRIBE'];

// Agent keeps the settings that programs give it. Connections are kept and
// shared by whoever carries the requests.
class Agent extends EventEmitter {
  constructor(options) {
    super();
    this.options = { ...options, path: null };
    this.requests = {};
    this.sockets = {};
    this.freeSockets = {};
    this.defaultPort = 80;
    this.protocol = 'http:';
    this.keepAliveMsecs = options?.keepAliveMsecs ?? 1000;
    this.keepAlive = options?.keepAlive ?? false;
    this.maxSockets = options?.maxSockets ?? Infinity;
    this.maxFreeSockets = options?.maxFreeSockets ?? 256;
    this.maxTotalSockets = options?.maxTotalSockets ?? Infinity;
    this.scheduling = options?.scheduling ?? 'lifo';
    this.totalSocketCount = 0;
  }
  getName(options = {}) { return `${options.host || 'localhost'}:${options.port || ''}:${options.localAddress || ''}`; }
  createConnection() { throw unsupported('http.Agent.createConnection', 'functions reach the network through http, https and fetch only'); }
  destroy() {}
}
class SecureAgent extends Agent {
  constructor(options) {
    super(options);
    this.defaultPort = 443;
    this.protocol = 'https:';
    this.maxCachedSessions = options?.maxCachedSessions ?? 100;
  }
}

// Connection stands for the socket of a request, for programs that set options
// on it or wait for it.
class Connection extends EventEmitter {
  constructor(request, encrypted) {
    super();
    this._httpMessage = request;
    this.encrypted = encrypted;
    this.authorized = encrypted;
    this.connecting = false;
    this.destroyed = false;
    this.readable = true;
    this.writable = true;
    this.timeout = 0;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.remoteFamily = 'IPv4';
  }
  setTimeout(ms, callback) {
    this._httpMessage._arm(ms);
    if (callback) this.once('timeout', callback);
    return this;
  }
  setKeepAlive() { return this; }
  setNoDelay() { return this; }
  ref() { return this; }
  unref() { return this; }
  address() { return {}; }
  getPeerCertificate() { return {}; }
  destroy(error) {
    if (!this.destroyed) {
      this.destroyed = true;
      this._httpMessage.destroy(error);
    }
    return this;
  }
  end() { return this; }
}

const unsafePath = /[^\u0021-\u00ff]/;

// parse merges the arguments of request into one object of options.
function parse(input, options, callback, secure) {
  if (typeof input === 'string') input = fromURL(new URL(input));
  else if (input instanceof URL || (typeof input?.href === 'string' && typeof input.searchParams === 'object')) input = fromURL(input);
  else [callback, options, input] = [options, input, null];
  if (typeof options === 'function') [callback, options] = [options, {}];
  return [{ ...input, ...options }, callback, secure];
}
function fromURL(url) {
  const { hostname } = url;
  const out = {
    protocol: url.protocol, hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname, hash: url.hash, search: url.search,
    pathname: url.pathname, path: `${url.pathname || ''}${url.search || ''}`, href: url.href,
  };
  if (url.port !== '') out.port = Number(url.port);
  if (url.username || url.password) out.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return out;
}

class ClientRequest extends OutgoingMessage {
  constructor(input, options, callback, secure = false) {
    super();
    let o;
    [o, callback] = parse(input, options, callback);
    const agent = o.agent;
    if (agent !== undefined && agent !== null && agent !== false && typeof agent !== 'object') {
      throw invalidArgType('options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
    }
    const expected = agent?.protocol ?? (secure ? 'https:' : 'http:');
    this.protocol = o.protocol || expected;
    if (this.protocol !== expected && this.protocol !== (secure ? 'https:' : 'http:')) {
      throw nodeError(TypeError, 'ERR_INVALID_PROTOCOL', `Protocol "${this.protocol}" not supported. Expected "${expected}"`);
    }
    this.agent = agent === undefined || agent === null ? (secure ? https : http).globalAgent : agent;
    this.path = o.path || '/';
    if (unsafePath.test(this.path)) throw nodeError(TypeError, 'ERR_UNESCAPED_CHARACTERS', 'Request path contains unescaped characters');
    if (o.method !== undefined && o.method !== null && typeof o.method !== 'string') throw invalidArgType('options.method', 'string', o.method);
    this.method = (o.method || 'GET').toUpperCase();
    validateHeaderName(this.method, 'Method');
    this.host = o.hostname || o.host || 'localhost';
    if (typeof this.host !== 'string') throw invalidArgType('options.host', ['string', 'undefined', 'null'], this.host);
    this.port = o.port || o.defaultPort || agent?.defaultPort || (this.protocol === 'https:' ? 443 : 80);
    this.reusedSocket = false;
    this.aborted = false;
    this.res = null;
    this.timeout = o.timeout;
    this.maxHeadersCount = null;
    this._chunks = [];
    this._exchange = null;
    this._sent = false;
    this._timer = null;
    this.useChunkedEncodingByDefault = false;
    if (callback) this.once('response', callback);
    if (Array.isArray(o.headers)) {
      if (Array.isArray(o.headers[0])) for (const [name, value] of o.headers) this.setHeader(name, value);
      else for (let i = 0; i < o.headers.length; i += 2) this.setHeader(o.headers[i], o.headers[i + 1]);
    } else if (o.headers) {
      for (const key of Object.keys(o.headers)) this.setHeader(key, o.headers[key]);
    }
    if (!this.hasHeader('host') && o.setHost !== false) {
      const plain = this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host;
      const standard = this.protocol === 'https:' ? 443 : 80;
      this.setHeader('Host', Number(this.port) === standard ? plain : `${plain}:${this.port}`);
    }
    if (o.auth && !this.hasHeader('authorization')) this.setHeader('Authorization', `Basic ${Buffer.from(o.auth).toString('base64')}`);
    this.socket = new Connection(this, this.protocol === 'https:');
    nextTick(() => {
      if (this.destroyed) return;
      this.emit('socket', this.socket);
      this.socket.emit('connect');
      if (this.socket.encrypted) this.socket.emit('secureConnect');
      if (this.timeout > 0) this.setTimeout(this.timeout);
    });
    const { signal } = o;
    if (signal) {
      const abort = () => this.destroy(abortError(signal));
      if (signal.aborted) nextTick(abort);
      else {
        signal.addEventListener('abort', abort, { once: true });
        this.once('close', () => signal.removeEventListener('abort', abort));
      }
    }
  }
  get connection() { return this.socket; }
  get headersSent() { return this._sent || this._chunks.length > 0; }
  _implicitHeader() {}
  setNoDelay() {}
  setSocketKeepAlive() {}
  onSocket() {}
  clearTimeout(callback) { this.setTimeout(0, callback); }
  setTimeout(ms, callback) {
    if (callback) this.once('timeout', callback);
    this.timeout = ms;
    this._arm(ms);
    return this;
  }
  // _arm starts the time without progress after which "timeout" is emitted.
  _arm(ms) {
    if (this._timer !== null) timers.clearTimeout(this._timer);
    this._timer = null;
    this._idle = ms;
    if (ms > 0 && !this._closed) {
      this._timer = timers.setTimeout(() => {
        this.emit('timeout');
        this.socket.emit('timeout');
      }, ms);
    }
  }
  _progress() { if (this._timer !== null) this._timer.refresh(); }
  flushHeaders() {}
  write(chunk, encoding, callback) {
    if (typeof encoding === 'function') [callback, encoding] = [encoding, null];
    if (chunk === null) throw nodeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
    if (typeof chunk !== 'string' && !(chunk instanceof globalThis.Uint8Array)) throw invalidArgType('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
    if (this.finished) {
      const e = nodeError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
      nextTick(() => { callback?.(e); this.destroy(e); });
      return false;
    }
    this._chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding ?? 'utf8') : Buffer.from(chunk));
    if (callback) nextTick(callback);
    return true;
  }
  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') [callback, chunk, encoding] = [chunk, null, null];
    else if (typeof encoding === 'function') [callback, encoding] = [encoding, null];
    if (this.finished) {
      if (callback) nextTick(callback);
      return this;
    }
    if (callback) this.once('finish', callback);
    if (chunk !== null && chunk !== undefined) this.write(chunk, encoding);
    this.finished = true;
    nextTick(() => { if (!this.destroyed) this._start(); });
    return this;
  }
  _start() {
    this._sent = true;
    const host = this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host;
    const list = [];
    for (const name of this.getRawHeaderNames()) {
      for (const value of [].concat(this.getHeader(name))) list.push(name, `${value}`);
    }
    const body = this._chunks.length > 0 ? Buffer.concat(this._chunks) : undefined;
    this._chunks = [];
    this._exchange = native.send(this.method, `${this.protocol}//${host}:${this.port}${this.path}`, list, body, false, (error, status, text, headers) => {
      if (this.destroyed) return;
      if (error !== null) {
        this.destroy(error);
        return;
      }
      this._progress();
      this._respond(status, text, headers);
    });
    this.emit('finish');
  }
  _respond(status, text, headers) {
    const res = new IncomingMessage(this.socket);
    this.res = res;
    res.req = this;
    res.statusCode = status;
    res.statusMessage = text;
    res.httpVersion = '1.1';
    res.httpVersionMajor = 1;
    res.httpVersionMinor = 1;
    res._fill(headers);
    let reading = false;
    res._read = () => {
      if (reading) return;
      reading = true;
      native.read(this._exchange, (error, bytes) => {
        reading = false;
        if (res.destroyed) return;
        this._progress();
        if (error !== null) {
          res.aborted = true;
          res.emit('aborted');
          res.destroy(error);
        } else {
          if (bytes === null) res.complete = true;
          res.push(bytes);
        }
      });
    };
    res.on('close', () => {
      native.abort(this._exchange);
      this._close();
    });
    if (!this.emit('response', res)) res.resume();
  }
  _close() {
    if (this._closed) return;
    this._closed = true;
    this._arm(0);
    this.destroyed = true;
    this.emit('close');
  }
  abort() {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit('abort'));
    this.destroy();
  }
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.errored = error ?? null;
    if (this._exchange !== null) native.abort(this._exchange);
    if (this.res !== null && !this.res.complete) this.res.destroy(error);
    else if (!error && this.res === null) {
      error = new Error('socket hang up');
      error.code = 'ECONNRESET';
    }
    nextTick(() => {
      if (error && this.res === null) this.emit('error', error);
      this._close();
    });
    return this;
  }
}

function abortError(signal) {
  const e = new Error('The operation was aborted', { cause: signal.reason });
  e.name = 'AbortError';
  e.code = 'ABORT_ERR';
  return e;
}

const noServer = 'a function cannot listen; it is called through its event';
class Server extends EventEmitter {
  constructor() {
    super();
    this.listening = false;
    this.timeout = 0;
    this.keepAliveTimeout = 5000;
    this.headersTimeout = 60000;
    this.requestTimeout = 300000;
  }
  listen() { throw unsupported('http.Server.listen', noServer); }
  address() { return null; }
  close(callback) {
    const e = nodeError(Error, 'ERR_SERVER_NOT_RUNNING', 'Server is not running.');
    if (callback) nextTick(() => callback(e));
    return this;
  }
  setTimeout() { return this; }
  ref() { return this; }
  unref() { return this; }
}
function createServer(options, listener = options) {
  const server = new Server();
  if (typeof listener === 'function') server.on('request', listener);
  return server;
}

const http = {
  METHODS, STATUS_CODES, Agent, ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse, Server, createServer,
  validateHeaderName, validateHeaderValue, maxHeaderSize: 16384, globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
  setMaxIdleHTTPParsers() {},
  request(input, options, callback) { return new ClientRequest(input, options, callback, false); },
  get(input, options, callback) { return http.request(input, options, callback).end(); },
};
const https = {
  Agent: SecureAgent, Server, createServer, globalAgent: new SecureAgent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
  request(input, options, callback) { return new ClientRequest(input, options, callback, true); },
  get(input, options, callback) { return https.request(input, options, callback).end(); },
};
Object.assign(exports, { http, https });
