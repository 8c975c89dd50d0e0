const { Object, Map, Symbol, Promise, Reflect, Error } = globalThis;
const errors = require('internal/errors');

const channels = new Map();

class Channel {
  constructor(name) {
    this._subscribers = [];
    this._stores = new Map();
    this.name = name;
  }
  subscribe(fn) {
    errors.validateFunction(fn, 'subscription');
    this._subscribers = [...this._subscribers, fn];
  }
  unsubscribe(fn) {
    const at = this._subscribers.indexOf(fn);
    if (at < 0) return false;
    this._subscribers = this._subscribers.filter((_, i) => i !== at);
    return true;
  }
  bindStore(store, transform) {
    this._stores.set(store, transform);
  }
  unbindStore(store) {
    return this._stores.delete(store);
  }
  get hasSubscribers() {
    return this._subscribers.length > 0 || this._stores.size > 0;
  }
  publish(data) {
    for (const fn of this._subscribers) {
      try {
        fn(data, this.name);
      } catch (err) {
        // A subscriber's failure is not the publisher's.
        require('process').nextTick(() => { throw err; });
      }
    }
  }
  runStores(data, fn, thisArg, ...args) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(fn, thisArg, args);
    };
    for (const [store, transform] of this._stores) {
      const next = run;
      run = () => {
        let context = data;
        if (transform) {
          try {
            context = transform(data);
          } catch (err) {
            require('process').nextTick(() => { throw err; });
            return next();
          }
        }
        return store.run(context, next);
      };
    }
    return run();
  }
}

function channel(name) {
  if (typeof name !== 'string' && typeof name !== 'symbol') throw errors.invalidArgType('channel', ['string', 'symbol'], name);
  let c = channels.get(name);
  if (c === undefined) channels.set(name, c = new Channel(name));
  return c;
}

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];
class TracingChannel {
  constructor(nameOrChannels) {
    for (const e of EVENTS) {
      const c = typeof nameOrChannels === 'string' ? channel(`tracing:${nameOrChannels}:${e}`) : nameOrChannels?.[e];
      if (!(c instanceof Channel)) throw errors.invalidArgType(`nameOrChannels.${e}`, 'Channel', c);
      Object.defineProperty(this, e, { value: c, enumerable: true });
    }
  }
  get hasSubscribers() {
    return EVENTS.some((e) => this[e].hasSubscribers);
  }
  subscribe(handlers) {
    for (const e of EVENTS) if (handlers[e]) this[e].subscribe(handlers[e]);
  }
  unsubscribe(handlers) {
    let done = true;
    for (const e of EVENTS) if (handlers[e] && !this[e].unsubscribe(handlers[e])) done = false;
    return done;
  }
  traceSync(fn, context = {}, thisArg, ...args) {
    return this.start.runStores(context, () => {
      try {
        return (context.result = Reflect.apply(fn, thisArg, args));
      } catch (err) {
        context.error = err;
        this.error.publish(context);
        throw err;
      } finally {
        this.end.publish(context);
      }
    });
  }
  tracePromise(fn, context = {}, thisArg, ...args) {
    const settled = (key, failed) => (value) => {
      context[key] = value;
      if (failed) this.error.publish(context);
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
      if (failed) throw value;
      return value;
    };
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(Reflect.apply(fn, thisArg, args)).then(settled('result', false), settled('error', true));
      } catch (err) {
        context.error = err;
        this.error.publish(context);
        throw err;
      } finally {
        this.end.publish(context);
      }
    });
  }
  traceCallback(fn, position = -1, context = {}, thisArg, ...args) {
    const at = position < 0 ? args.length + position : position;
    const callback = args[at];
    errors.validateFunction(callback, 'callback');
    const self = this;
    args[at] = function (err, res) {
      if (err) {
        context.error = err;
        self.error.publish(context);
      } else {
        context.result = res;
      }
      return self.asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, arguments);
        } finally {
          self.asyncEnd.publish(context);
        }
      });
    };
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(fn, thisArg, args);
      } catch (err) {
        context.error = err;
        this.error.publish(context);
        throw err;
      } finally {
        this.end.publish(context);
      }
    });
  }
}

Object.assign(exports, {
  channel,
  hasSubscribers: (name) => Boolean(channels.get(name)?.hasSubscribers),
  subscribe: (name, fn) => channel(name).subscribe(fn),
  unsubscribe: (name, fn) => channel(name).unsubscribe(fn),
  tracingChannel: (nameOrChannels) => new TracingChannel(nameOrChannels),
  Channel,
});
