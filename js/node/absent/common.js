const { Error } = globalThis;
const { nodeError } = require('internal/errors');

// unsupported makes the error of a call that cannot work here.
exports.unsupported = (name, why) => nodeError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `Lambent does not support ${name}: ${why}`);

// functions fills an object with functions that throw.
exports.functions = (object, module, why, names) => {
  for (const name of names) {
    object[name] = { [name]: () => { throw exports.unsupported(`${module}.${name}`, why); } }[name];
  }
  return object;
};

// classes fills an object with classes whose construction throws. They are
// functions, since old code inherits from them.
exports.classes = (object, module, why, names) => {
  for (const name of names) {
    object[name] = { [name]: function () { throw exports.unsupported(`${module}.${name}`, why); } }[name];
  }
  return object;
};
