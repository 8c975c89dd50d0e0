// The global awslambda. native has: write(chunk: Uint8Array), setContentType(type),
// hidden symbols' names. require finds core modules.
const { Writable } = require('stream');
const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const mark = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const preludeType = 'application/vnd.awslambda.http-integration-response';

class ResponseStream extends Writable {
  #sink;
  #started = false;
  #before = null;

  constructor(sink, highWaterMark) {
    super(highWaterMark === undefined ? {} : { highWaterMark });
    this.#sink = sink;
  }

  // Text and bytes pass; anything else is sent as its JSON text.
  write(chunk, encoding, callback) {
    const plain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(plain ? chunk : JSON.stringify(chunk), encoding, callback);
  }

  end(chunk, encoding, callback) {
    if (chunk === undefined || chunk === null || typeof chunk === 'function') return super.end(chunk, encoding, callback);
    const plain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.end(plain ? chunk : JSON.stringify(chunk), encoding, callback);
  }

  _write(chunk, encoding, callback) {
    if (this.#before !== null) {
      const before = this.#before;
      this.#before = null;
      this.#start();
      this.#sink.write(before());
    }
    this.#start();
    this.#sink.write(chunk);
    callback();
  }

  #start() {
    this.#started = true;
  }

  setContentType(type) {
    if (this.#started) {
      const e = new Error('Cannot set content-type, too late.');
      e.name = 'Runtime.InvalidStreamingOperation';
      throw e;
    }
    this.#sink.setContentType(String(type));
  }

  // _onBeforeFirstWrite sets what makes the bytes that come before all others.
  _onBeforeFirstWrite(make) {
    this.#before = make;
  }
}

return {
  ResponseStream,
  awslambda: {
    streamifyResponse(handler, options) {
      handler[streaming] = 'response';
      if (options && options.highWaterMark !== undefined) handler[mark] = parseInt(options.highWaterMark, 10);
      return handler;
    },
    HttpResponseStream: {
      from(stream, prelude) {
        stream.setContentType(preludeType);
        const text = JSON.stringify(prelude);
        stream._onBeforeFirstWrite(() => Buffer.concat([Buffer.from(text), Buffer.alloc(8)]));
        return stream;
      },
    },
  },
};
