const { Object } = globalThis;
const { functions, classes } = require('internal/absent');

const noSocket = 'functions reach the network through http, https and fetch only';
const noServer = 'a function cannot listen; it is called through its event';

const isIP = (value) => native.family(`${value}`);
const net = functions({
  isIP,
  isIPv4(value) { return isIP(value) === 4; },
  isIPv6(value) { return isIP(value) === 6; },
  getDefaultAutoSelectFamily() { return true; },
  setDefaultAutoSelectFamily() {},
  getDefaultAutoSelectFamilyAttemptTimeout() { return 250; },
  setDefaultAutoSelectFamilyAttemptTimeout() {},
}, 'net', noSocket, ['connect', 'createConnection']);
functions(net, 'net', noServer, ['createServer']);
classes(net, 'net', noServer, ['Server']);
classes(net, 'net', noSocket, ['Socket', 'BlockList', 'SocketAddress']);
net.Stream = net.Socket;
exports.net = net;

const tls = functions({
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  rootCertificates: Object.freeze([]),
  getCiphers() { return ['tls_aes_128_gcm_sha256', 'tls_aes_256_gcm_sha384', 'tls_chacha20_poly1305_sha256']; },
  createSecureContext(options) { return { context: options ?? {} }; },
  checkServerIdentity() { return undefined; },
}, 'tls', noSocket, ['connect', 'createSecurePair', 'convertALPNProtocols']);
Object.defineProperty(tls, 'DEFAULT_CIPHERS', { enumerable: true, configurable: true, get() { return require('internal/constants').crypto.defaultCipherList; } });
functions(tls, 'tls', noServer, ['createServer']);
classes(tls, 'tls', noServer, ['Server']);
classes(tls, 'tls', noSocket, ['TLSSocket', 'SecureContext']);
exports.tls = tls;

exports.dgram = classes(functions({}, 'dgram', noSocket, ['createSocket']), 'dgram', noSocket, ['Socket']);

const http2 = functions({
  constants: {
    HTTP2_HEADER_STATUS: ':status', HTTP2_HEADER_METHOD: ':method', HTTP2_HEADER_AUTHORITY: ':authority', HTTP2_HEADER_SCHEME: ':scheme',
    HTTP2_HEADER_PATH: ':path', HTTP2_HEADER_CONTENT_TYPE: 'content-type', HTTP2_HEADER_CONTENT_LENGTH: 'content-length',
    NGHTTP2_NO_ERROR: 0, NGHTTP2_CANCEL: 8, NGHTTP2_REFUSED_STREAM: 7, HTTP_STATUS_OK: 200,
  },
  getDefaultSettings() { return { headerTableSize: 4096, enablePush: true, initialWindowSize: 65535, maxFrameSize: 16384, maxConcurrentStreams: 4294967295, maxHeaderListSize: 65535, enableConnectProtocol: false }; },
}, 'http2', noSocket, ['connect', 'getPackedSettings', 'getUnpackedSettings', 'performServerHandshake']);
functions(http2, 'http2', noServer, ['createServer', 'createSecureServer']);
classes(http2, 'http2', noServer, ['Http2ServerRequest', 'Http2ServerResponse']);
exports.http2 = http2;
