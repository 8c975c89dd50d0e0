// Lines of a stream. There is no terminal, so there is no editing and no history.
const { Object, Symbol, Promise, Error } = globalThis;
const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { nodeError, AbortError, validateFunction, validateAbortSignal } = require('internal/errors');

class Interface extends EventEmitter {
  #decoder = new StringDecoder('utf8');
  #rest = '';
  #cr = false; // the last chunk ended in CR: an LF that follows belongs to it
  #question = null;
  #prompt = '> ';
  #detach;
  constructor(input, output, completer, terminal) {
    super();
    let options = {};
    if (input?.input) {
      options = input;
      ({ input, output } = options);
    }
    if (!input || typeof input.on !== 'function') throw nodeError(Error, 'ERR_INVALID_ARG_TYPE', 'The "input" argument must be an instance of Readable');
    this.terminal = false;
    this.closed = false;
    this.paused = false;
    this.line = '';
    this.input = input;
    this.output = output;
    if (options.prompt !== undefined) this.#prompt = `${options.prompt}`;
    const ondata = (chunk) => this.#feed(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk));
    const onend = () => {
      const tail = this.#rest + this.#decoder.end();
      this.#rest = '';
      if (tail !== '') this.#line(tail);
      this.close();
    };
    const onerror = (err) => this.emit('error', err);
    input.on('data', ondata);
    input.on('end', onend);
    input.on('error', onerror);
    this.#detach = () => {
      input.removeListener('data', ondata);
      input.removeListener('end', onend);
      input.removeListener('error', onerror);
    };
    const { signal } = options;
    if (signal !== undefined) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) queueMicrotask(() => this.close());
      else signal.addEventListener('abort', () => this.close(), { once: true });
    }
    input.resume?.();
  }
  #feed(text) {
    if (text === '') return;
    if (this.#cr && text[0] === '\n') text = text.slice(1);
    this.#cr = text.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|[\n\r\u2028\u2029]/);
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }
  #line(line) {
    if (this.#question !== null) {
      const answer = this.#question;
      this.#question = null;
      answer(line);
    } else {
      this.emit('line', line);
    }
  }
  #check() {
    if (this.closed) throw nodeError(Error, 'ERR_USE_AFTER_CLOSE', 'readline was closed');
  }
  getPrompt() { return this.#prompt; }
  setPrompt(prompt) { this.#prompt = `${prompt}`; }
  prompt() {
    this.#check();
    if (this.paused) this.resume();
    this.output?.write(this.#prompt);
  }
  question(query, options, cb) {
    if (typeof options === 'function') {
      cb = options;
      options = {};
    }
    this.#check();
    if (this.#question !== null) {
      this.prompt();
      return;
    }
    const { signal } = options ?? {};
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) return;
      signal.addEventListener('abort', () => { this.#question = null; }, { once: true });
    }
    if (typeof cb === 'function') {
      this.#question = cb;
      this.output?.write(`${query}`);
    }
  }
  pause() {
    if (!this.paused) {
      this.input.pause?.();
      this.paused = true;
      this.emit('pause');
    }
    return this;
  }
  resume() {
    if (this.paused) {
      this.input.resume?.();
      this.paused = false;
      this.emit('resume');
    }
    return this;
  }
  write(data) {
    this.#check();
    if (this.paused) this.resume();
    if (data !== null && data !== undefined) this.#feed(typeof data === 'string' ? data : this.#decoder.write(data));
  }
  close() {
    if (this.closed) return;
    this.closed = true;
    this.#detach();
    this.pause();
    this.emit('close');
  }
  getCursorPos() { return { rows: 0, cols: 0 }; }
  [Symbol.asyncIterator]() {
    return lines(this);
  }
}

// lines is the async iterator over an interface.
function lines(rl) {
  const it = EventEmitter.on(rl, 'line', { close: ['close'], highWaterMark: 1024 });
  return {
    async next() {
      const { value, done } = await it.next();
      return done ? { value: undefined, done: true } : { value: value[0], done: false };
    },
    async return(value) {
      await it.return();
      rl.close();
      return { value, done: true };
    },
    [Symbol.asyncIterator]() { return this; },
  };
}

function promised(rl) {
  return (query, options = {}) => new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) {
        reject(new AbortError(undefined, { cause: signal.reason }));
        return;
      }
      signal.addEventListener('abort', () => reject(new AbortError(undefined, { cause: signal.reason })), { once: true });
    }
    rl(query, options, resolve);
  });
}
Object.defineProperty(Interface.prototype.question, Symbol.for('nodejs.util.promisify.custom'), {
  enumerable: false,
  value(query, options) { return promised((q, o, cb) => this.question(q, o, cb))(query, options); },
});

class PromiseInterface extends Interface {
  question(query, options = {}) {
    return promised((q, o, cb) => super.question(q, o, cb))(query, options);
  }
}
Object.defineProperty(PromiseInterface, 'name', { value: 'Interface' });

// Cursor movements are written as the escape sequences that they are.
const csi = (stream, text, cb) => {
  if (cb !== undefined) validateFunction(cb, 'callback');
  if (stream === null || stream === undefined) {
    if (typeof cb === 'function') require('process').nextTick(cb, null);
    return true;
  }
  return stream.write(text, cb);
};
Object.assign(exports, {
  Interface, createInterface: (...args) => new Interface(...args),
  clearLine: (stream, dir, cb) => csi(stream, dir < 0 ? '\x1b[1K' : dir > 0 ? '\x1b[0K' : '\x1b[2K', cb),
  clearScreenDown: (stream, cb) => csi(stream, '\x1b[0J', cb),
  cursorTo: (stream, x, y, cb) => (typeof y === 'function' ? csi(stream, `\x1b[${x + 1}G`, y) : csi(stream, typeof y === 'number' ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`, cb)),
  moveCursor: (stream, dx, dy, cb) => csi(stream, `${dx < 0 ? `\x1b[${-dx}D` : dx > 0 ? `\x1b[${dx}C` : ''}${dy < 0 ? `\x1b[${-dy}A` : dy > 0 ? `\x1b[${dy}B` : ''}`, cb),
  emitKeypressEvents() {},
  promises: { Interface: PromiseInterface, createInterface: (...args) => new PromiseInterface(...args) },
});
