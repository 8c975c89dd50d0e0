const { nodeError } = require('internal/errors');
const { Error } = globalThis;

const unavailable = (name) => nodeError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `Lambent does not support tty.${name}: a function has no terminal`);
exports.isatty = () => false;
exports.ReadStream = function ReadStream() {
  throw unavailable('ReadStream');
};
exports.WriteStream = function WriteStream() {
  throw unavailable('WriteStream');
};
