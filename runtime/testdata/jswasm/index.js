// Runs the cases and tells, for each, what came of it. As a handler it answers
// with that; run by Node itself (node index.js) it records the answers.
'use strict';
const fs = require('fs');
const path = require('path');
const cases = require('./cases.js');

const W = WebAssembly;

function show(v) {
  switch (typeof v) {
    case 'bigint': return `${v}n`;
    case 'function': return `function ${v.name}/${v.length}`;
    case 'symbol': case 'undefined': return String(v);
    case 'number': return Object.is(v, -0) ? '-0' : String(v);
    case 'string': return JSON.stringify(v);
  }
  if (v === null) return 'null';
  if (Array.isArray(v)) return `[${v.map(show).join(', ')}]`;
  if (v instanceof ArrayBuffer) return `ArrayBuffer(${v.byteLength})`;
  if (v instanceof Error) return `${v.name}: ${v.message}`;
  const tag = Object.prototype.toString.call(v);
  return tag === '[object Object]' ? `{${Object.keys(v).map((k) => `${k}: ${show(v[k])}`).join(', ')}}` : tag;
}

function failure(e) {
  if (!(e instanceof Error)) return `throws ${show(e)}`;
  const kinds = ['CompileError', 'LinkError', 'RuntimeError'].filter((k) => e instanceof W[k]);
  return `throws ${e.name}: ${e.message}${kinds.length ? ` (${kinds})` : ''}`;
}

async function run(load) {
  const answers = {};
  for (const [name, fn] of Object.entries(cases(load))) {
    try {
      answers[name] = show(await fn());
    } catch (e) {
      answers[name] = failure(e);
    }
  }
  return answers;
}

exports.handler = () => run((name) => fs.readFileSync(path.join(__dirname, `${name}.wasm`)));

if (require.main === module) {
  const modules = path.join(__dirname, '../../../sandbox/link/testdata');
  run((name) => fs.readFileSync(path.join(modules, `${name}.wasm`)))
    .then((answers) => fs.writeFileSync(path.join(__dirname, 'golden.json'), `${JSON.stringify(answers, null, 1)}\n`));
}
