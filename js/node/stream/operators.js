// The methods of Readable that work as those of arrays do. Chunks are handled
// one after the other, whatever concurrency is asked for.
const { Object, Symbol, Promise, Number, TypeError } = globalThis;
const { Readable, AbortError, compose, nodeError } = exports;
const errors = require('internal/errors');

function check(fn, options) {
  errors.validateFunction(fn, 'fn');
  if (options != null) errors.validateObject(options, 'options');
  if (options?.signal != null) errors.validateAbortSignal(options.signal, 'options.signal');
}

// generate makes a stream of what step answers, an iterator result or nothing.
function generate(source, options, step) {
  const it = source[Symbol.asyncIterator]();
  let queue = [];
  let over = false;
  return Readable.from({
    [Symbol.asyncIterator]: () => ({
      async next() {
        for (;;) {
          if (options?.signal?.aborted) {
            await it.return();
            throw new AbortError(undefined, { cause: options.signal.reason });
          }
          if (queue.length > 0) return { value: queue.shift(), done: false };
          if (over) return { value: undefined, done: true };
          const res = await it.next();
          if (res.done) return { value: undefined, done: true };
          try {
            const out = await step(res.value);
            if (out === undefined) continue;
            queue = out.values;
            if (out.last) {
              over = true;
              await it.return();
            }
          } catch (err) {
            await it.return();
            throw err;
          }
        }
      },
      return: async (value) => {
        await it.return();
        return { value, done: true };
      },
    }),
  });
}

// each runs step on every chunk until it answers something other than undefined.
async function each(source, options, step) {
  const it = source[Symbol.asyncIterator]();
  for (;;) {
    if (options?.signal?.aborted) {
      await it.return();
      throw new AbortError(undefined, { cause: options.signal.reason });
    }
    const { value, done } = await it.next();
    if (done) return undefined;
    try {
      const out = await step(value);
      if (out !== undefined) {
        await it.return();
        return out;
      }
    } catch (err) {
      await it.return();
      throw err;
    }
  }
}

function count(n) {
  n = Number(n);
  if (Number.isNaN(n)) return 0;
  if (n < 0) throw errors.outOfRange('number', '>= 0', n);
  return n;
}

const methods = {
  map(fn, options) {
    check(fn, options);
    return generate(this, options, async (v) => ({ values: [await fn(v, { signal: options?.signal })] }));
  },
  filter(fn, options) {
    check(fn, options);
    return generate(this, options, async (v) => ((await fn(v, { signal: options?.signal })) ? { values: [v] } : undefined));
  },
  flatMap(fn, options) {
    check(fn, options);
    return generate(this, options, async (v) => {
      const values = [];
      const list = await fn(v, { signal: options?.signal });
      const it = typeof list[Symbol.asyncIterator] === 'function' ? list[Symbol.asyncIterator]() : list[Symbol.iterator]();
      for (;;) {
        const res = await it.next();
        if (res.done) return { values };
        values.push(res.value);
      }
    });
  },
  take(limit, options) {
    let left = count(limit);
    if (left === 0) return Readable.from([]);
    return generate(this, options, (v) => ({ values: [v], last: --left <= 0 }));
  },
  drop(limit, options) {
    let left = count(limit);
    return generate(this, options, (v) => (left-- > 0 ? undefined : { values: [v] }));
  },
  compose(stream) {
    return compose(this, stream);
  },
  async forEach(fn, options) {
    check(fn, options);
    await each(this, options, async (v) => { await fn(v, { signal: options?.signal }); });
  },
  async toArray(options) {
    const out = [];
    await each(this, options, (v) => { out.push(v); });
    return out;
  },
  async some(fn, options) {
    check(fn, options);
    return (await each(this, options, async (v) => ((await fn(v, {})) ? true : undefined))) ?? false;
  },
  async every(fn, options) {
    check(fn, options);
    return (await each(this, options, async (v) => ((await fn(v, {})) ? undefined : false))) ?? true;
  },
  async find(fn, options) {
    check(fn, options);
    return (await each(this, options, async (v) => ((await fn(v, {})) ? [v] : undefined)))?.[0];
  },
  async reduce(fn, initial, options) {
    errors.validateFunction(fn, 'reducer');
    let acc = initial;
    let has = arguments.length > 1;
    await each(this, options, async (v) => {
      acc = has ? await fn(acc, v, {}) : v;
      has = true;
    });
    if (!has) throw nodeError(TypeError, 'ERR_INVALID_ARGS', 'Reduce of an empty stream requires an initial value');
    return acc;
  },
};
for (const name of Object.keys(methods)) {
  Object.defineProperty(Readable.prototype, name, { value: methods[name], writable: true, configurable: true, enumerable: false });
}
