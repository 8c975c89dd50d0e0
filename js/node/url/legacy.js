// The functions of "url": the conversion between URLs and paths, and the parser
// that Node had before it had URL.
const { Object, TypeError, String, encodeURIComponent } = globalThis;
const { URL, URLSearchParams, domainToASCII, domainToUnicode, decode, isURL, invalidUrl } = native;
const errors = require('internal/errors');
const { nodeError } = errors;

// fileURLToPath and pathToFileURL.
function fileURLToPath(path) {
  if (typeof path === 'string') path = new URL(path);
  else if (!isURL(path)) throw errors.invalidArgType('path', ['string', 'URL'], path);
  if (path.protocol !== 'file:') throw nodeError(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  if (path.hostname !== '') throw nodeError(TypeError, 'ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
  if (/%2f/i.test(path.pathname)) throw nodeError(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters');
  return decodeURIComponent(path.pathname);
}
const { decodeURIComponent } = globalThis;
function pathToFileURL(filepath) {
  errors.validateString(filepath, 'path');
  let resolved = require('path').resolve(filepath);
  if (filepath.endsWith('/') && !resolved.endsWith('/')) resolved += '/';
  const encoded = resolved.replace(/[%\\\n\r\t?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return new URL(`file://${encoded}`);
}
function urlToHttpOptions(url) {
  const options = {
    __proto__: null, ...url, protocol: url.protocol,
    hostname: url.hostname && url.hostname[0] === '[' ? url.hostname.slice(1, -1) : url.hostname,
    hash: url.hash, search: url.search, pathname: url.pathname, path: `${url.pathname || ''}${url.search || ''}`, href: url.href,
  };
  if (url.port !== '') options.port = globalThis.Number(url.port);
  if (url.username || url.password) options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return options;
}

// The old parser.
function Url() {
  for (const k of ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href']) this[k] = null;
}
const slashed = new globalThis.Set(['http', 'https', 'ftp', 'gopher', 'file', 'ws', 'wss']);
const bare = (protocol) => (protocol === null ? protocol : protocol.replace(/:$/, ''));
const escapes = new globalThis.Map([...'\t\n\r "\'<>\\^`{|}'].map((c) => [c, `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`]));
const escapeText = (s) => s.replace(/[\t\n\r "'<>\\^`{|}]/g, (c) => escapes.get(c));

function urlParse(url, parseQueryString, slashesDenoteHost) {
  if (url instanceof Url) return url;
  const u = new Url();
  u.parse(url, parseQueryString, slashesDenoteHost);
  return u;
}
Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  errors.validateString(url, 'url');
  let rest = url.trim();
  // Backslashes are slashes, up to the query or the fragment.
  const cut = rest.search(/[?#]/);
  rest = cut < 0 ? rest.replace(/\\/g, '/') : rest.slice(0, cut).replace(/\\/g, '/') + rest.slice(cut);
  const proto = /^[a-z0-9.+-]+:/i.exec(rest);
  let lower;
  if (proto !== null) {
    lower = proto[0].toLowerCase();
    this.protocol = lower;
    rest = rest.slice(proto[0].length);
  }
  const scheme = lower === undefined ? undefined : lower.slice(0, -1);
  let slashes = false;
  if (slashesDenoteHost || lower !== undefined || /^\/\/[^@/]+@[^@/]+/.test(rest)) {
    slashes = rest.startsWith('//');
    if (slashes && scheme !== 'javascript') {
      rest = rest.slice(2);
      this.slashes = true;
    }
  }
  if (scheme !== 'javascript' && (slashes || (lower !== undefined && !slashed.has(scheme)))) {
    // The authority ends at the first /, ? or #; the last @ before ends the user.
    let end = rest.search(/[/?#]/);
    if (end < 0) end = rest.length;
    const at = rest.lastIndexOf('@', end - 1);
    if (at >= 0) this.auth = decodeURIComponent(rest.slice(0, at));
    let host = rest.slice(at + 1, end);
    rest = rest.slice(end);
    const stop = host.search(/[\t\n\r "%'();<>^`{|}]/);
    if (stop >= 0) {
      rest = host.slice(stop) + rest;
      host = host.slice(0, stop);
    }
    const port = /:([0-9]*)$/.exec(host);
    if (port !== null) {
      if (port[1] !== '') this.port = port[1];
      host = host.slice(0, -port[0].length);
    }
    this.hostname = host.length > 255 ? '' : host.toLowerCase();
    const ipv6 = this.hostname[0] === '[' && this.hostname.endsWith(']');
    if (!ipv6 && this.hostname !== '') {
      // What cannot be part of a host begins the path.
      const bad = this.hostname.search(/[^a-z0-9.+_\u0080-\uffff-]/);
      if (bad >= 0) {
        rest = `/${host.slice(bad)}${rest}`;
        this.hostname = this.hostname.slice(0, bad);
      }
      const ascii = domainToASCII(this.hostname);
      if (/[^\x00-\x7f]/.test(this.hostname)) {
        if (ascii === '') throw invalidUrl(url);
        this.hostname = ascii;
      }
    }
    this.host = this.hostname + (this.port ? `:${this.port}` : '');
    if (ipv6) {
      this.hostname = this.hostname.slice(1, -1);
      if (rest[0] !== '/') rest = `/${rest}`;
    }
  }
  if (scheme !== 'javascript') rest = escapeText(rest);
  const hash = rest.indexOf('#');
  if (hash >= 0) {
    this.hash = rest.slice(hash);
    rest = rest.slice(0, hash);
  }
  const qm = rest.indexOf('?');
  if (qm >= 0) {
    this.search = rest.slice(qm);
    this.query = rest.slice(qm + 1);
    if (parseQueryString) this.query = require('querystring').parse(this.query);
    rest = rest.slice(0, qm);
  } else if (parseQueryString) {
    this.search = null;
    this.query = Object.create(null);
  }
  if (rest !== '') this.pathname = rest;
  if (slashed.has(scheme) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = (this.pathname || '') + (this.search || '');
  this.href = this.format();
  return this;
};
Url.prototype.format = function format() {
  let auth = this.auth || '';
  if (auth) auth = `${encodeURIComponent(auth).replace(/%3A/i, ':')}@`;
  let protocol = this.protocol || '';
  let pathname = this.pathname || '';
  let hash = this.hash || '';
  let host = '';
  let query = '';
  if (this.host) {
    host = auth + this.host;
  } else if (this.hostname) {
    host = auth + (this.hostname.includes(':') && !/^\[.*\]$/.test(this.hostname) ? `[${this.hostname}]` : this.hostname);
    if (this.port) host += `:${this.port}`;
  }
  if (this.query !== null && typeof this.query === 'object') query = require('querystring').stringify(this.query);
  let search = this.search || (query && `?${query}`) || '';
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  pathname = pathname.replace(/[?#]/g, (c) => (c === '?' ? '%3F' : '%23'));
  if (this.slashes || slashed.has(bare(protocol))) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (protocol.startsWith('file')) {
      host = '//';
    }
  }
  search = search.replace(/#/g, '%23');
  if (hash && hash[0] !== '#') hash = `#${hash}`;
  if (search && search[0] !== '?') search = `?${search}`;
  return protocol + host + pathname + search + hash;
};
function urlFormat(url, options) {
  if (typeof url === 'string') {
    url = urlParse(url);
  } else if (typeof url !== 'object' || url === null) {
    throw errors.invalidArgType('urlObject', ['Object', 'string'], url);
  } else if (url instanceof URL) {
    const { fragment = true, unicode = false, search = true, auth = true } = options ?? {};
    const u = new URL(url.href);
    if (!fragment) u.hash = '';
    if (!search) u.search = '';
    if (!auth) u.username = u.password = '';
    return unicode && u.hostname !== '' ? u.href.replace(u.hostname, domainToUnicode(u.hostname)) : u.href;
  }
  return Url.prototype.format.call(url);
}

// resolve, by the rules of RFC 3986 and those of Node for what it leaves open.
function dots(path, absolute) {
  const out = [];
  const parts = path.split('/');
  const last = parts[parts.length - 1];
  for (const part of parts) {
    if (part === '.') continue;
    if (part === '..') {
      if (out.length > (absolute ? 1 : 0) && out[out.length - 1] !== '..') out.pop();
      else if (!absolute) out.push('..');
    } else {
      out.push(part);
    }
  }
  if (last === '.' || last === '..') out.push('');
  if (absolute && out[0] !== '') out.unshift('');
  const joined = out.join('/');
  return absolute && joined === '' ? '/' : joined;
}
Url.prototype.resolveObject = function resolveObject(relative) {
  if (typeof relative === 'string') relative = urlParse(relative, false, true);
  const r = Object.assign(new Url(), this);
  r.hash = relative.hash;
  if (relative.href === '') {
    r.href = r.format();
    return r;
  }
  const finish = () => {
    r.path = r.pathname || r.search ? (r.pathname || '') + (r.search || '') : null;
    r.href = r.format();
    return r;
  };
  if (relative.protocol && relative.protocol !== r.protocol) {
    Object.assign(r, relative);
    return finish();
  }
  r.slashes = r.slashes || relative.slashes;
  if (relative.slashes && relative.host !== null) {
    for (const k of ['auth', 'host', 'hostname', 'port', 'search', 'query']) r[k] = relative[k];
    r.pathname = relative.pathname ? dots(relative.pathname, true) : relative.pathname;
    return finish();
  }
  if (relative.pathname) {
    r.search = relative.search;
    r.query = relative.query;
    if (relative.pathname[0] === '/') {
      r.pathname = dots(relative.pathname, true);
    } else {
      const base = r.pathname ?? (r.host ? '/' : '');
      const dir = base.slice(0, base.lastIndexOf('/') + 1) || (r.host ? '/' : '');
      r.pathname = dots(dir + relative.pathname, dir[0] === '/');
    }
  } else if (relative.search !== null) {
    r.search = relative.search;
    r.query = relative.query;
  }
  return finish();
};
Url.prototype.resolve = function resolve(relative) {
  return this.resolveObject(urlParse(relative, false, true)).format();
};
Url.prototype.parseHost = function parseHost() {
  const port = /:([0-9]*)$/.exec(this.host);
  if (port !== null && port[1] !== '') this.port = port[1];
  this.hostname = port === null ? this.host : this.host.slice(0, -port[0].length);
};

Object.assign(exports, {
  Url, parse: urlParse, resolve: (from, to) => urlParse(from, false, true).resolve(to),
  resolveObject: (from, to) => (from ? urlParse(from, false, true).resolveObject(to) : to), format: urlFormat,
  URL, URLSearchParams, domainToASCII: (d) => domainToASCII(`${d}`), domainToUnicode: (d) => domainToUnicode(`${d}`),
  pathToFileURL, fileURLToPath, urlToHttpOptions,
});
