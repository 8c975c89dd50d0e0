// MessageChannel, MessagePort and BroadcastChannel, within one isolate.
const { Object, TypeError, Map, Set, Symbol } = globalThis;
const { EventTarget, Event, MessageEvent, handler } = require('internal/events');
const { DOMException } = require('internal/dom');
const { clone, transfer } = require('internal/clone');
const { nodeError } = require('internal/errors');

let connect, take;

// Inbox is the receiving end of a channel: messages wait until somebody
// listens, then come one a turn. While it listens it keeps the loop alive.
class Inbox extends EventTarget {
  #queue = []; #started = false; #scheduled = false; #closed = false; #alive = null; #ref = true;

  #deliver() {
    if (this.#scheduled || !this.#started || this.#queue.length === 0) return;
    this.#scheduled = true;
    native.later(() => {
      this.#scheduled = false;
      const message = this.#queue.shift();
      if (message === undefined) return;
      if (message.close) this.#end();
      else if (!this.#closed) this.dispatchEvent(new MessageEvent('message', { data: message.data, ports: message.ports }));
      this.#deliver();
    });
  }
  #end() {
    if (this.#closed) return;
    this.#closed = true;
    this.#alive?.();
    this.#alive = null;
    this.dispatchEvent(new Event('close'));
  }
  start() {
    if (this.#started || this.#closed) return;
    this.#started = true;
    this.#alive = native.keepAlive(this.#ref);
    this.#deliver();
  }
  ref() {
    this.#ref = true;
    if (this.#started && !this.#closed) { this.#alive?.(); this.#alive = native.keepAlive(true); }
  }
  unref() {
    this.#ref = false;
    this.#alive?.();
    this.#alive = null;
  }
  hasRef() { return this.#alive !== null && this.#ref; }
  [native.changed](type, count) {
    if (type !== 'message') return;
    if (count > 0) this.start();
    else this.unref();
  }
  // The methods of an EventEmitter, as Node's ports have them.
  on(type, listener) {
    const wrapped = type === 'message' ? (event) => listener.call(this, event.data) : listener;
    wrappers.set(listener, wrapped);
    this.addEventListener(type, wrapped);
    return this;
  }
  once(type, listener) {
    const wrapped = type === 'message' ? (event) => listener.call(this, event.data) : listener;
    wrappers.set(listener, wrapped);
    this.addEventListener(type, wrapped, { once: true });
    return this;
  }
  off(type, listener) {
    this.removeEventListener(type, wrappers.get(listener) ?? listener);
    return this;
  }
  static {
    connect = (inbox, message) => {
      if (inbox.#closed) return;
      inbox.#queue.push(message);
      inbox.#deliver();
    };
    take = (inbox) => inbox.#queue.shift();
  }
}
const wrappers = new globalThis.WeakMap();
Object.assign(Inbox.prototype, { addListener: Inbox.prototype.on, removeListener: Inbox.prototype.off });

let pair;

class MessagePort extends Inbox {
  #other = null;
  constructor(key) {
    if (key !== native.changed) throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
    super();
  }
  postMessage(value, options = undefined) {
    if (arguments.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "message" argument must be specified');
    const list = [...(globalThis.Array.isArray(options) ? options : options?.transfer ?? [])];
    if (list.includes(this)) throw new DOMException('Transfer list contains source port', 'DataCloneError');
    const moved = transfer(list);
    const data = clone(value, moved);
    if (this.#other !== null) connect(this.#other, { data, ports: [...moved.values()].filter((v) => v instanceof MessagePort) });
  }
  close() {
    if (this.#other !== null) connect(this.#other, { close: true });
    this.start();
    connect(this, { close: true });
    this.#other = null;
  }
  [native.transferable]() { return this; }
  static {
    pair = () => {
      const a = new MessagePort(native.changed);
      const b = new MessagePort(native.changed);
      a.#other = b;
      b.#other = a;
      return [a, b];
    };
  }
}
handler(MessagePort.prototype, 'message');
handler(MessagePort.prototype, 'messageerror');

class MessageChannel {
  constructor() { [this.port1, this.port2] = pair(); }
}

const channels = new Map();

class BroadcastChannel extends Inbox {
  #name; #open = true;
  constructor(name) {
    if (arguments.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "name" argument must be specified');
    super();
    this.#name = `${name}`;
    if (!channels.has(this.#name)) channels.set(this.#name, new Set());
    channels.get(this.#name).add(this);
  }
  get name() { return this.#name; }
  postMessage(value) {
    if (arguments.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "message" argument must be specified');
    if (!this.#open) throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    for (const other of channels.get(this.#name)) {
      if (other !== this) connect(other, { data: clone(value), ports: [] });
    }
  }
  close() {
    if (!this.#open) return;
    this.#open = false;
    channels.get(this.#name).delete(this);
    this.unref();
  }
}
handler(BroadcastChannel.prototype, 'message');
handler(BroadcastChannel.prototype, 'messageerror');

// receive is worker_threads.receiveMessageOnPort.
function receive(port) {
  const message = take(port);
  return message === undefined || message.close ? undefined : { message: message.data };
}
for (const C of [MessagePort, MessageChannel, BroadcastChannel]) {
  Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
}

Object.assign(exports, { MessageChannel, MessagePort, BroadcastChannel, receive });
