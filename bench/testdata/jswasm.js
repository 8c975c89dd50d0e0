// The kernels of WebAssembly (.wasm beside this file) and the same in JavaScript.
// An event says which to run ("fib") and in which way ("wasm", "js"; "prepare"
// comes first), or what to call how often ("calls", "callbacks", "loop").
'use strict';
const fs = require('fs');

let data; // of the histogram, made once, as the module's is
function prepare() {
  data = new Uint8Array(4 << 20);
  let x = 12345;
  for (let i = 0; i < data.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    data[i] = x >>> 24;
  }
}

const js = {
  fib() {
    const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
    return fib(30);
  },
  mandelbrot() {
    let total = 0;
    for (let py = 0; py < 256; py++) {
      for (let px = 0; px < 256; px++) {
        const cx = -2 + px * (3 / 256);
        const cy = -1.5 + py * (3 / 256);
        let x = 0;
        let y = 0;
        let n = 0;
        while (n < 200 && x * x + y * y <= 4) {
          const next = x * x - y * y + cx;
          y = 2 * x * y + cy;
          x = next;
          n++;
        }
        total += n;
      }
    }
    return total;
  },
  histogram() {
    const counts = new Uint32Array(256);
    for (let i = 0; i < data.length; i++) counts[data[i]]++;
    let sum = 0;
    for (let i = 0; i < 256; i++) sum = (Math.imul(sum, 31) + counts[i]) | 0;
    return sum >>> 0;
  },
};

const kernels = {};
function wasm(name) {
  if (!kernels[name]) {
    const module = new WebAssembly.Module(fs.readFileSync(`${__dirname}/${name}.wasm`));
    kernels[name] = new WebAssembly.Instance(module, { env: { f: (x) => x } }).exports;
    if (kernels[name].prepare) kernels[name].prepare();
  }
  return kernels[name];
}

exports.handler = async ({ way, name, n }) => {
  switch (way) {
    case 'wasm': return wasm(name).run() >>> 0;
    case 'js': return js[name]();
    case 'prepare':
      if (name === 'histogram') prepare();
      wasm(name);
      return null;
    case 'calls': {
      const { store } = wasm('small');
      for (let i = 0; i < n; i++) store(0, i);
      return n;
    }
    case 'callbacks': {
      const { run } = wasm('small');
      let x = 0;
      for (let i = 0; i < n; i++) x = run(i);
      return x;
    }
    case 'loop': {
      const store = (at, x) => {};
      for (let i = 0; i < n; i++) store(0, i);
      return n;
    }
  }
};
