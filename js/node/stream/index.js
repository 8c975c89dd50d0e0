// What require('stream') returns: the class Stream with the others on it.
const { Object } = globalThis;
const parts = native;
const { Stream } = parts;
const promisify = globalThis.Symbol.for('nodejs.util.promisify.custom');

Object.assign(Stream, {
  Stream, Readable: parts.Readable, Writable: parts.Writable, Duplex: parts.Duplex, Transform: parts.Transform, PassThrough: parts.PassThrough,
  pipeline: parts.pipeline, finished: parts.finished, addAbortSignal: parts.addAbortSignal, compose: parts.compose,
  destroy: parts.destroyer, getDefaultHighWaterMark: parts.getDefaultHighWaterMark, setDefaultHighWaterMark: parts.setDefaultHighWaterMark,
  isDestroyed: (s) => (s?._readableState || s?._writableState ? parts.isDestroyed(s) : null),
  isDisturbed: (s) => Boolean(s && (s.readableDidRead || s.readableAborted || s[globalThis.Symbol.for('nodejs.stream.disturbed')] || require('stream/web').isDisturbed(s))),
  isErrored: (s) => Boolean(s && (s._readableState?.errored || s._writableState?.errored || require('stream/web').isErrored(s))),
  isReadable: (s) => (s && typeof s.readable === 'boolean' ? s.readable : s?.getReader ? require('stream/web').isReadable(s) : null),
  isWritable: (s) => (s && typeof s.writable === 'boolean' ? s.writable : null),
  _isUint8Array: (v) => v instanceof globalThis.Uint8Array,
  _uint8ArrayToBuffer: (v) => require('buffer').Buffer.from(v.buffer, v.byteOffset, v.byteLength),
});
Object.defineProperty(Stream, 'promises', { configurable: true, enumerable: true, get: () => parts.promises });
Object.defineProperty(parts.pipeline, promisify, { enumerable: true, get: () => parts.promises.pipeline });
Object.defineProperty(parts.finished, promisify, { enumerable: true, get: () => parts.promises.finished });
for (const [Class, name] of [[parts.Readable, 'toWeb'], [parts.Readable, 'fromWeb'], [parts.Writable, 'toWeb'], [parts.Writable, 'fromWeb'], [parts.Duplex, 'toWeb'], [parts.Duplex, 'fromWeb']]) {
  const kind = Class === parts.Readable ? 'Readable' : Class === parts.Writable ? 'Writable' : 'Duplex';
  Object.defineProperty(Class, name, {
    value: (...args) => require('internal/webstreams_adapters')[`${kind}${name === 'toWeb' ? 'ToWeb' : 'FromWeb'}`](...args),
    writable: true, configurable: true,
  });
}
return Stream;
