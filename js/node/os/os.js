const { Object, Symbol } = globalThis;
const { validateInteger, nodeError } = require('internal/errors');

const MODEL = 'AMD EPYC';

function primitive(fn, value) {
  Object.defineProperty(fn, Symbol.toPrimitive, { value: () => value, configurable: true });
  return fn;
}

// constant makes a function that returns the same value every time, and that
// converts to it, as those of Node's os do.
function constant(name, value) {
  const fn = { [name]: () => value }[name];
  exports[name] = typeof value === 'object' ? fn : primitive(fn, value);
}

constant('arch', 'x64');
constant('availableParallelism', native.cpus);
constant('endianness', 'LE');
constant('homedir', '/home/sbx_user1051');
constant('hostname', '169.254.10.1');
constant('platform', 'linux');
constant('release', '5.10.0-lambent');
constant('type', 'Linux');
constant('version', '#1 SMP');
constant('machine', 'x86_64');
constant('totalmem', native.totalmem);

exports.tmpdir = primitive(function tmpdir() {
  const { env } = require('process');
  const dir = env.TMPDIR || env.TMP || env.TEMP || '/tmp';
  return dir.length > 1 && dir.endsWith('/') ? dir.slice(0, -1) : dir;
}, '/tmp');
exports.freemem = primitive(function freemem() { return native.freemem(); }, 0);
exports.uptime = primitive(function uptime() { return native.uptime(); }, 0);
exports.loadavg = function loadavg() { return [0, 0, 0]; };
exports.cpus = function cpus() {
  const list = [];
  for (let i = 0; i < native.cpus; i++) {
    list.push({ model: MODEL, speed: 2500, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } });
  }
  return list;
};
exports.networkInterfaces = function networkInterfaces() {
  return {
    lo: [{ address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal: true, cidr: '127.0.0.1/8' }],
  };
};
exports.userInfo = function userInfo(options = undefined) {
  const info = { uid: 993, gid: 990, username: 'sbx_user1051', homedir: '/home/sbx_user1051', shell: '/sbin/nologin' };
  if (options?.encoding === 'buffer') {
    const { Buffer } = require('buffer');
    for (const key of ['username', 'homedir', 'shell']) info[key] = Buffer.from(info[key]);
  }
  return info;
};
exports.getPriority = function getPriority(pid = 0) {
  validateInteger(pid, 'pid', -2147483648, 2147483647);
  return 0;
};
exports.setPriority = function setPriority(pid, priority) {
  if (priority === undefined) [pid, priority] = [0, pid];
  validateInteger(pid, 'pid', -2147483648, 2147483647);
  validateInteger(priority, 'priority', -20, 19);
  const e = nodeError(globalThis.Error, 'ERR_SYSTEM_ERROR', 'A system error occurred: uv_os_setpriority returned EACCES (permission denied)');
  e.name = 'SystemError';
  e.info = { errno: 13, code: 'EACCES', message: 'permission denied', syscall: 'uv_os_setpriority' };
  throw e;
};
Object.defineProperty(exports, 'constants', { enumerable: true, configurable: true, get() { return require('internal/constants').os; } });
Object.defineProperty(exports, 'EOL', { value: '\n', enumerable: true, configurable: true });
Object.defineProperty(exports, 'devNull', { value: '/dev/null', enumerable: true, configurable: true });
