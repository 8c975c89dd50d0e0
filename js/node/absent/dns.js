const { Error, Object } = globalThis;
const { invalidArgType, validateFunction } = require('internal/errors');
const { isIP } = require('net');

// Names are looked up by whoever carries the function's HTTP requests. Asked for
// directly, only addresses and localhost are known.

const codes = ['NODATA', 'FORMERR', 'SERVFAIL', 'NOTFOUND', 'NOTIMP', 'REFUSED', 'BADQUERY', 'BADNAME', 'BADFAMILY', 'BADRESP', 'CONNREFUSED',
  'TIMEOUT', 'EOF', 'FILE', 'NOMEM', 'DESTRUCTION', 'BADSTR', 'BADFLAGS', 'NONAME', 'BADHINTS', 'NOTINITIALIZED', 'LOADIPHLPAPI',
  'ADDRGETNETWORKPARAMS', 'CANCELLED'];

function failure(syscall, hostname) {
  const e = new Error(`${syscall} ENOTFOUND ${hostname}`);
  e.errno = syscall === 'getaddrinfo' ? -3008 : undefined;
  e.code = 'ENOTFOUND';
  e.syscall = syscall;
  e.hostname = hostname;
  return e;
}

function addresses(hostname, options) {
  const o = typeof options === 'number' ? { family: options } : options ?? {};
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  if (hostname === 'localhost') return o.family === 6 ? [{ address: '::1', family: 6 }] : [{ address: '127.0.0.1', family: 4 }];
  throw failure('getaddrinfo', hostname);
}

const promises = {
  async lookup(hostname, options) {
    if (typeof hostname !== 'string') throw invalidArgType('hostname', 'string', hostname);
    const list = addresses(hostname, options);
    return options?.all ? list : list[0];
  },
  async lookupService(address) { throw failure('getnameinfo', address); },
  async reverse(address) { throw failure('getHostByAddr', address); },
};
const kinds = { resolve: 'A', resolve4: 'A', resolve6: 'Aaaa', resolveAny: 'Any', resolveCaa: 'Caa', resolveCname: 'Cname', resolveMx: 'Mx',
  resolveNaptr: 'Naptr', resolveNs: 'Ns', resolvePtr: 'Ptr', resolveSoa: 'Soa', resolveSrv: 'Srv', resolveTxt: 'Txt' };
for (const name of Object.keys(kinds)) {
  promises[name] = { async [name](hostname) {
    if (typeof hostname !== 'string') throw invalidArgType('name', 'string', hostname);
    throw failure(`query${kinds[name]}`, hostname);
  } }[name];
}

const settings = {
  getServers() { return []; },
  setServers() {},
  getDefaultResultOrder() { return 'verbatim'; },
  setDefaultResultOrder() {},
};

const dns = { ...settings, promises, ADDRCONFIG: 32, ALL: 16, V4MAPPED: 8 };
for (const name of codes) dns[name] = promises[name] = `E${name}`;
dns.EOF = promises.EOF = 'EOF';
for (const name of Object.keys(promises).filter((key) => typeof promises[key] === 'function')) {
  dns[name] = { [name](...args) {
    const callback = args.length > 1 ? args.pop() : undefined;
    validateFunction(callback, 'callback');
    const all = args[1]?.all;
    promises[name](...args).then((result) => {
      if (name !== 'lookup' || all) callback(null, result);
      else callback(null, result.address, result.family);
    }, (e) => callback(e)).catch((e) => require('process').nextTick(() => { throw e; }));
  } }[name];
}

class Resolver {
  cancel() {}
  setLocalAddress() {}
}
class PromisesResolver extends Resolver {}
for (const name of [...Object.keys(kinds), 'reverse', 'getServers', 'setServers']) {
  Resolver.prototype[name] = dns[name];
  PromisesResolver.prototype[name] = promises[name] ?? settings[name];
}
dns.Resolver = Resolver;
promises.Resolver = PromisesResolver;
Object.assign(promises, settings);
exports.dns = dns;
