// Records what Node answers to the cases below, as the tests' expectations.
// Run it in this folder: node record.mjs > node.json
const cases = [];
const say = (name, code) => cases.push({ name, code });

// Texts that are not JSON, and some that are.
for (const text of [
  '', ' ', '\n', '{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '[', '[1', '[1,', '[1,]', '[1 2]', '{"a" 1}',
  '{a:1}', "{'a':1}", '{"a":1 "b"}', '{"a":1,b}', '"abc', '"ab\nc"', '"\\x"', '"\\u12"', '"\\u12G4"', '"\\', '"\\u',
  '-', '-a', '1.', '1.a', '1e', '1e+', '1ea', '01', '-01', '1 2', 'tru', 'trux', 'nul', 'nulL', 'true1', 'undefined',
  '[object Object]', 'x', '}', ']', ',', ':', '[}', '{]', '{}x', '{} {}', '[1,2,3]]', '1 "a"', '"a" 1', '[1,2,"abc" 3]',
  '{"a":"b""c"}', '{"a":1 2}', '[1 "a"]', '{1:2}', '{"a":tru}', '0x10', '.5', '+1', '1.5.5', 'NaN', 'Infinity',
  '-Infinity', 'é', '"é', '[é]', '[1,2,3,4,5,6,7,8,9,10,x,11,12,13,14,15,16,17,18,19]', 'x'.repeat(60),
  '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,x]', '{"key":"value", "other": undefined, "rest": [1,2,3,4,5]}',
  '"a\tb"', '[,1]', '{,}', '{"a"}', '{"a",}', '{"a"::1}', '{"a":1:2}', '[1:2]', '\ufeff{}', '\u2028', '{"a":"\u0001"}',
  'null null', 'nullx', '"a"b', '😀', '[😀]', '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,😀16,17,18,19]', '\ud800', '["\ud800",\ud800]',
  '{"a":1}}', '-0', '-0.', '0e', '1E-', '"\\ud800"', '"\\ud800\\u"', '"\\a', 'falsy', 'truefalse', '[true false]',
  '{"a":true "b"}', '[nul]', 'nulll', 't', 'n', 'f', '[t', '-1x', '1x', '12 x', '{"a":1x}', '[1x]', '<html>',
  '<!DOCTYPE html><html><head><title>x</title></head></html>', '{"é":1,}', '["日本語"', '["😀😀😀", 1,', '{"a":"\\', '[1]\u00a0', '"\x7f"',
]) {
  say('parse ' + JSON.stringify(text), `JSON.stringify(JSON.parse(${JSON.stringify(text).replace(/[\u2028\u2029]/g, (c) => '\\u' + c.charCodeAt(0).toString(16))}))`);
}
for (const n of [20, 21, 22, 38, 42]) {
  for (const at of [0, 1, 9, 11, n - 11, n - 10, n - 9, n - 1]) {
    say(`parse a text of ${n} with a stranger at ${at}`, `JSON.parse(('['+'1,'.repeat(30)).slice(0,${at})+'@'+('['+'1,'.repeat(30)).slice(${at}+1,${n}))`);
  }
}
for (const v of ['undefined', '{}', '[]', 'Symbol.iterator', '1n', 'null', 'true', '12', 'new String("[1]")', '{toString(){return "5"}}', '']) {
  say(`parse the value ${v}`, `JSON.stringify(JSON.parse(${v}))`);
}

// What is parsed, as guests see it.
say('integer keys come first', `Object.keys(JSON.parse('{"b":1,"2":1,"a":1,"1":1,"b":3,"__proto__":4,"4294967294":1,"4294967295":2,"01":3,"-1":1,"1.5":2}')).join()`);
say('the last of duplicate keys wins in the place of the first', `JSON.stringify(JSON.parse('{"a":1,"b":2,"a":3}'))`);
say('duplicate keys written differently', `JSON.stringify(JSON.parse('{"a":1,"b":2,"\\\\u0061":3}'))`);
say('__proto__ is an own property', `const o = JSON.parse('{"__proto__":{"x":1}}'); [Object.keys(o), o.x, Object.getPrototypeOf(o) === Object.prototype, o.__proto__.x].join()`);
say('minus zero', `[Object.is(JSON.parse('-0'), -0), Object.is(JSON.parse('[-0]')[0], -0), Object.is(JSON.parse('-0.0'), -0), Object.is(JSON.parse('-0e5'), -0), Object.is(JSON.parse('0'), 0)].join()`);
say('numbers', `JSON.stringify(JSON.parse('[0,1,-1,123456789012345,1234567890123456,9007199254740993,12345678901234567890,1e21,1e-7,1.5e300,0.1,0.000001,1e400,-1e400,1.0,100e-2,2.50,1E5,1e+5,4.9e-324,1e-400,123456789.123456789]'))`);
say('numbers to text', `[1e21,123456789012345680000,1e-7,0.000001,1.5e-10,-1e-7,5e-324,1.7976931348623157e308,0.1+0.2,1/3,100,1e5,-0,2**53,2**53+2,1e20,123e-20].map((n) => JSON.stringify(n)).join()`);
say('escapes', `JSON.parse('"\\\\"\\\\\\\\\\\\/\\\\b\\\\f\\\\n\\\\r\\\\t\\\\u0041\\\\u00e9\\\\ud83d\\\\ude00"')`);
say('lone surrogates survive parsing', `[...JSON.parse('"a\\\\ud800b\\\\udc00\\\\ud800"')].map((c) => c.codePointAt(0).toString(16)).join()`);
say('lone surrogates in the text survive parsing', `const s = JSON.parse('["\\ud800x","\\ud83d\\\\ude00","é\\udc00"]'); s.map((t) => t.length + ':' + t.charCodeAt(0).toString(16) + ':' + [...t].length).join()`);
say('lone surrogates as keys', `const o = JSON.parse('{"\\\\ud800":1,"\\\\ud801":2}'); [Object.keys(o).length, o['\\ud800'], o['\\ud801'], JSON.stringify(o)].join()`);
say('lone surrogates are escaped', `JSON.stringify('\\ud800\\u2028\\u007f\\u0000\\b\\f\\v\\udc00\\ud83d\\ude00"\\\\/')`);
say('non-ASCII keys', `const o = JSON.parse('{"é":1,"日本":{"ü":2},"\\u00e9":3}'); [o['é'], o['日本']['ü'], JSON.stringify(o)].join()`);
say('empty key', `JSON.stringify(JSON.parse('{"":1,"a":{"":2}}'))`);
say('a string of many kinds of characters', `const s = 'aé日😀\\n'.repeat(50); JSON.parse(JSON.stringify(s)) === s`);
say('deep arrays are parsed', `let d = 0; for (let x = JSON.parse('['.repeat(100000) + ']'.repeat(100000)); x; x = x[0]) d++; d`);
say('deep objects are parsed', `let d = 0; for (let x = JSON.parse('{"a":'.repeat(50000) + '1' + '}'.repeat(50000)); x !== 1; x = x.a) d++; d`);
say('deep arrays are not written', `let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)`);
say('deep objects are not written', `let a = {}; for (let i = 0; i < 1e5; i++) a = { a }; JSON.stringify(a)`);
say('moderately deep is written', `let a = []; for (let i = 0; i < 2000; i++) a = [{ a }]; JSON.stringify(a).length`);
say('endless toJSON', `const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o)`);
say('white space', `JSON.stringify(JSON.parse(' \\n\\t\\r{ "a" : [ 1 , 2 , { } , [ ] ] , "b" : { "c" : null } } \\n'))`);
say('white space that is none', `JSON.parse('\\u00a01')`);

// Revivers.
say('reviver sees values bottom up', `const seen = []; JSON.parse('{"a":[1,{"b":2}],"c":3}', (k, v) => { seen.push(k + '=' + JSON.stringify(v)); return v; }); seen.join('|')`);
say('reviver deletes', `JSON.stringify(JSON.parse('{"a":[1,2,{"b":3}],"b":1}', function (k, v) { return k === 'b' || k === '1' ? undefined : v; }))`);
say('reviver replaces', `JSON.stringify(JSON.parse('{"a":[1,2,{"b":3}]}', (k, v) => Array.isArray(v) ? v.length : v))`);
say('reviver of a primitive', `JSON.parse('5', function (k, v) { return [k, v, JSON.stringify(this)].join(); })`);
say('reviver changes what is to come', `JSON.stringify(JSON.parse('{"a":1,"b":2,"c":{"d":1}}', function (k, v) { if (k === 'a') { delete this.b; this.c = 'new'; } return v; }))`);
say('reviver that shortens arrays', `JSON.stringify(JSON.parse('[1,2,3]', function (k, v) { if (k === '0') this.length = 1; return v; }))`);
say('reviver that freezes', `JSON.stringify(JSON.parse('{"a":1,"b":2}', function (k, v) { if (k === 'a') Object.freeze(this); return k === '' ? v : 7; }))`);
say('reviver that is not callable', `JSON.stringify(JSON.parse('[1]', { a: 1 }))`);
say('reviver that throws', `JSON.parse('[1]', () => { throw new Error('no'); })`);

// Replacers, indents.
say('indent of two', `JSON.stringify({ a: [1, { b: 2 }], c: [], d: {} }, null, 2)`);
say('indent by text', `JSON.stringify([1, [2], {}], null, '--')`);
say('indent by too long a text', `JSON.stringify([1, [2]], null, '0123456789abc')`);
say('indent by a text of emoji', `JSON.stringify([1], null, '😀'.repeat(6)).length`);
for (const n of ['0', '1', '10', '11', '1.9', '-1', 'NaN', 'Infinity', 'new Number(3)', 'new String("ab")', '""', 'null', 'true', '{}', '"0".repeat(20)']) {
  say(`indent of ${n}`, `JSON.stringify({ a: [1], b: { c: undefined } }, null, ${n})`);
}
say('list of names', `JSON.stringify({ a: 1, b: { a: 2, b: 3, c: 4 }, 1: 3, c: 5 }, ['b', 1, 'a', 'b', new String('a'), new Number(7), null, {}, true])`);
say('list of names and indent', `JSON.stringify({ a: 1, b: { a: 2 } }, ['b', 'a'], 1)`);
say('empty list of names', `JSON.stringify({ a: 1, b: [1, { a: 1 }] }, [])`);
say('list that is a Proxy', `JSON.stringify({ a: 1, b: 2 }, new Proxy(['b'], {}))`);
say('replacer', `JSON.stringify({ a: 1, b: { a: 1, c: 2 } }, (k, v) => typeof v === 'number' ? v + 1 : v)`);
say('replacer sees holders', `const seen = []; JSON.stringify({ a: [5], b: undefined }, function (k, v) { seen.push(k + ':' + JSON.stringify(this)); return v; }); seen.join('|')`);
say('replacer drops', `JSON.stringify({ a: 1, b: [1, 2], c: 3 }, (k, v) => k === 'a' || k === '0' ? undefined : v)`);
say('replacer of everything', `JSON.stringify({ a: 1 }, () => undefined)`);
say('replacer after toJSON', `JSON.stringify({ d: new Date(0) }, function (k, v) { return k === 'd' ? typeof v + (this[k] instanceof Date) : v; })`);
say('replacer returns functions', `JSON.stringify([1], (k, v) => k === '0' ? () => 1 : v)`);

// What is written.
say('what has no JSON', `[JSON.stringify(undefined), JSON.stringify(() => 1), JSON.stringify(Symbol()), JSON.stringify({ a: undefined, b: () => 1, c: Symbol(), [Symbol('x')]: 1, d: [undefined, () => 1, Symbol()] })].join('|')`);
say('boxed values', `JSON.stringify([new Boolean(false), new Number(2), new String('s'), Object(Symbol()), new Number(NaN)])`);
say('boxed values that lie', `const n = new Number(1); n.valueOf = () => 5; const s = new String('a'); s.toString = () => 'b'; const b = new Boolean(true); b.valueOf = () => false; JSON.stringify([n, s, b])`);
say('boxed BigInt', `JSON.stringify(Object(1n))`);
say('BigInt', `JSON.stringify({ a: [1n] })`);
say('BigInt with toJSON', `BigInt.prototype.toJSON = function () { return 'big' + this; }; const r = JSON.stringify({ a: 1n, b: Object(2n) }); delete BigInt.prototype.toJSON; r`);
say('BigInt toJSON sees its key', `let key; BigInt.prototype.toJSON = function (k) { key = k; return 1; }; JSON.stringify({ abc: 1n }); delete BigInt.prototype.toJSON; key`);
say('built-in objects', `JSON.stringify({ date: new Date(0), bad: new Date(NaN), m: new Map([[1, 2]]), s: new Set([1]), r: /x/, e: new Error('x'), u8: new Uint8Array(3), w: new WeakMap(), p: Promise.resolve(1), args: (function () { return arguments; })(1, 2) })`);
say('class instances', `class A { #p = 1; x = 1; get y() { return 2; } static z = 3; } class B extends A { w = [new A()]; } JSON.stringify(new B())`);
say('class instances with toJSON', `class A { toJSON(k) { return 'A' + k; } } JSON.stringify({ a: new A(), b: [new A()], c: { d: new A() } }) + JSON.stringify(new A())`);
say('toJSON that is no function', `JSON.stringify({ toJSON: 1, a: { toJSON: null } })`);
say('own toJSON', `JSON.stringify({ a: 1, toJSON() { return { b: this.a }; } })`);
say('toJSON returns undefined', `JSON.stringify({ a: { toJSON() {} }, b: [{ toJSON() {} }] })`);
say('toJSON by accessor', `JSON.stringify({ get toJSON() { return () => 'got'; } })`);
say('toJSON on Object.prototype', `Object.prototype.toJSON = function () { return 'proto'; }; let r; try { r = JSON.stringify([{}, 1, 'a', []]) + JSON.stringify(JSON.parse('{"a":1}')); } finally { delete Object.prototype.toJSON; } r`);
say('toJSON on Array.prototype', `Array.prototype.toJSON = function () { return this.length; }; let r; try { r = JSON.stringify(JSON.parse('{"a":[1,2]}')); } finally { delete Array.prototype.toJSON; } r`);
say('toJSON that appears during writing', `const o = { a: { toJSON() { Object.prototype.toJSON = () => 'late'; return 1; } }, b: {}, c: JSON.parse('{"x":1}') }; let r; try { r = JSON.stringify(o); } finally { delete Object.prototype.toJSON; } r`);
say('members that are not enumerable', `const o = { a: 1, c: { x: 1 } }; Object.defineProperty(o, 'b', { value: 2, enumerable: false }); Object.defineProperty(o, 'd', { value: 3, enumerable: true }); JSON.stringify(o)`);
say('accessors', `JSON.stringify({ get a() { return 1; }, set b(v) {}, get c() { return this.a; } })`);
say('an accessor that throws', `JSON.stringify({ get a() { throw new RangeError('mine'); } })`);
say('an accessor that deletes what follows', `const o = { a: 1, get b() { delete o.c; o.e = 5; return 2; }, c: 3, d: 4 }; JSON.stringify(o)`);
say('an accessor that hides what follows', `const o = { get a() { Object.defineProperty(o, 'b', { enumerable: false }); return 1; }, b: 2 }; JSON.stringify(o)`);
say('an accessor that shows what is hidden', `const o = { get a() { Object.defineProperty(o, 'b', { enumerable: true }); return 1; } }; Object.defineProperty(o, 'b', { value: 2, configurable: true }); JSON.stringify(o)`);
say('a nested accessor that changes the outer object', `const o = { a: { get x() { delete o.b; o.c = 'new'; o.d = 1; return 1; } }, b: 2, c: 3 }; JSON.stringify(o)`);
say('a nested toJSON that hides an outer member', `const o = { a: { toJSON() { Object.defineProperty(o, 'b', { enumerable: false }); return 1; } }, b: 2, get c() { return 3; } }; JSON.stringify(o)`);
say('an element that shortens the array', `const a = [{ toJSON() { a.length = 2; return 1; } }, 2, 3]; JSON.stringify(a)`);
say('an element that lengthens the array', `const a = [{ toJSON() { a.push(9); return 1; } }, 2]; JSON.stringify(a)`);
say('holes', `JSON.stringify([1, , 3]) + JSON.stringify(new Array(3))`);
say('holes that the prototype fills', `Array.prototype[1] = 'p'; const r = JSON.stringify([1, , 3]); delete Array.prototype[1]; r`);
say('arrays with further members', `const a = [1, 2]; a.x = 3; a[-1] = 4; JSON.stringify(a)`);
say('arrays with accessors', `const a = [1, 2]; Object.defineProperty(a, 0, { get() { return 'got'; } }); JSON.stringify(a)`);
say('sparse arrays', `const a = []; a[5000] = 1; JSON.stringify(a).length`);
say('arrays of another prototype', `const a = [1]; Object.setPrototypeOf(a, { toJSON() { return 'mine'; } }); JSON.stringify(a)`);
say('array subclasses', `class L extends Array {} JSON.stringify(L.from([1, 2]))`);
say('objects without prototype', `const o = Object.create(null); o.a = 1; JSON.stringify(o)`);
say('inherited members are not written', `JSON.stringify(Object.create({ a: 1 }, { b: { value: 2, enumerable: true } }))`);
say('key order', `JSON.stringify({ b: 1, 2: 1, a: 1, 1: 1, [-1]: 2, '01': 3 })`);
say('keys that need escapes', `JSON.stringify({ 'a"b': 1, 'c\\n': 2, '\\ud800': 3, 'é': 4 })`);
say('__proto__ is written', `JSON.stringify({ ['__proto__']: 1, a: 2 })`);
say('a Proxy of an object', `JSON.stringify(new Proxy({ a: 1, b: [2] }, { get: (t, k) => k === 'a' ? 'trapped' : t[k] }))`);
say('a Proxy of an array', `JSON.stringify(new Proxy([1, 2], {}))`);
say('a Proxy of a function', `JSON.stringify([new Proxy(() => 1, {})])`);
say('a Proxy with keys of its own', `JSON.stringify(new Proxy({}, { ownKeys: () => ['x', 'y'], getOwnPropertyDescriptor: (t, k) => ({ value: 1, enumerable: k === 'x', configurable: true }), get: (t, k) => k + '!' }))`);
say('a revoked Proxy', `const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); JSON.stringify(proxy)`);
say('a Proxy whose array lies about its length', `JSON.stringify(new Proxy([1], { get: (t, k) => k === 'length' ? 3 : k === 'toJSON' ? undefined : k }))`);

// Circles.
const circle = (name, build) => say('circle: ' + name, `${build}; JSON.stringify(a)`);
circle('itself', `const a = {}; a.a = a`);
circle('of two', `const a = {}; a.b = { c: a }`);
circle('through an array', `const a = {}; a.b = { c: [1, { d: a }] }`);
circle('that begins further in', `const x = {}; x.b = { c: [1, { d: { e: x } }] }; const a = { x }`);
circle('longer', `const x = {}; x.b = { c: [1, { d: { e: { f: x } } }] }; const a = [x]`);
circle('an array', `const a = []; a[3] = a`);
circle('of a class', `class Foo {} const x = new Foo(); x.q = x; const a = { z: [x] }`);
circle('without prototype', `const a = Object.create(null); a.q = a`);
circle('odd names', `const a = {}; a['x y'] = { 1: a }`);
circle('constructor as data', `const a = { constructor: 1 }; a.q = a`);
circle('of several classes', `class X {} const a = {}; a.b = new X(); a.b.c = new Map(); a.b.c.m = a`);
circle('by toJSON', `const a = { b: { toJSON() { return a; } } }`);
circle('of a named class expression', `const K = class {}; const a = new K(); a.o = a`);
circle('with indent', `const a = { b: {} }; a.b.c = a; JSON.stringify(a, null, 2)`);
circle('that is none', `const x = { y: 1 }; const a = [x, x, { x }]`);

// Values that were parsed, in the hands of guests.
const event = `JSON.parse('{"id":7,"name":"n","list":[1,2,{"x":1},[3]],"nested":{"a":{"b":"c"},"k":null}}')`;
const guest = (name, code) => say('parsed: ' + name, `const e = ${event}; ${code}`);
guest('symbols first', `const s = Symbol('s'); e[s] = 1; e.nested[s] = 2; e.list[s] = 3; [e[s], e.nested[s], e.list[s], JSON.stringify(e), Object.getOwnPropertySymbols(e).length].join()`);
guest('frozen first', `Object.freeze(e); try { 'use strict'; e.id = 1; } catch {} delete e.name; e.more = 1; [Object.isFrozen(e), Object.isFrozen(e.nested), JSON.stringify(e)].join()`);
guest('frozen deeply', `const deep = (o) => { Object.values(o).forEach((v) => typeof v === 'object' && v && deep(v)); return Object.freeze(o); }; deep(e); (() => { 'use strict'; try { e.list.push(1); } catch (x) { return x.constructor.name + JSON.stringify(e); } })()`);
guest('sealed and kept from growing', `Object.seal(e.nested); Object.preventExtensions(e.list); e.nested.q = 1; e.list[9] = 1; [Object.isSealed(e.nested), Object.isExtensible(e.list), JSON.stringify(e)].join()`);
guest('accessors defined first', `Object.defineProperty(e, 'id', { get: () => 'got', enumerable: true, configurable: true }); Object.defineProperty(e, 'new', { value: 1, enumerable: false }); [e.id, e.new, JSON.stringify(e)].join()`);
guest('setPrototypeOf first', `class E { hi() { return 'hi' + this.id; } } Object.setPrototypeOf(e, E.prototype); [e.hi(), e instanceof E, JSON.stringify(e)].join()`);
guest('a circle of prototypes', `Object.setPrototypeOf(e, e)`);
guest('__proto__ assigned', `e.__proto__ = { inherited: 1 }; [e.inherited, Object.keys(e)].join()`);
guest('private members', `class A { constructor(o) { return o; } } class B extends A { #x = 1; static get(o) { return #x in o ? o.#x : 'none'; } } new B(e); [B.get(e), B.get(e.nested), JSON.stringify(e)].join()`);
guest('Object.prototype with a setter', `let called = 0; Object.defineProperty(Object.prototype, 'trap', { set() { called++; }, configurable: true }); const t = JSON.parse('{"trap":1,"z":{"trap":2}}'); const r = [called, t.trap, t.z.trap, JSON.stringify(t)].join(); delete Object.prototype.trap; r`);
guest('Object.prototype with a constant', `Object.defineProperty(Object.prototype, 'fixed', { value: 0, writable: false, configurable: true }); const t = JSON.parse('{"fixed":1}'); const r = [t.fixed, Object.keys(t)].join(); delete Object.prototype.fixed; r`);
guest('Array.prototype with a setter', `Object.defineProperty(Array.prototype, 0, { set() { throw 1; }, configurable: true }); const t = JSON.parse('[5]'); const r = t[0]; delete Array.prototype[0]; r`);
guest('members added and deleted', `e.zzz = 1; delete e.name; e.name = 'again'; e[1] = 'one'; [Object.keys(e), JSON.stringify(e)].join('|')`);
guest('members replaced', `e.id = { a: 1 }; e.nested.a = [e.id, undefined]; JSON.stringify(e)`);
guest('enumeration', `[Object.keys(e), Object.values(e.nested), Object.entries(e.nested.a), (() => { const k = []; for (const x in e) k.push(x); return k; })(), Reflect.ownKeys(e)].map(String).join('|')`);
guest('deleting while enumerating', `const k = []; for (const x in e) { k.push(x); delete e.list; e.added = 1; } k.join()`);
guest('changing while entries are read', `const k = []; for (const [x, v] of Object.entries(e)) { e.name = 'changed'; k.push(x, typeof v); } k.join()`);
guest('spread and destructuring', `const { id, ...rest } = e; const copy = { ...e, id: 8 }; const [one, , ...tail] = e.list; [id, JSON.stringify(rest), JSON.stringify(copy), one, JSON.stringify(tail), JSON.stringify({ ...e.nested.a })].join('|')`);
guest('Object.assign both ways', `const s = Symbol(); const t = Object.assign({}, e, { id: 9 }); Object.assign(e, { name: 'm', [s]: 1, extra: 2 }); [JSON.stringify(t), JSON.stringify(e), e[s]].join('|')`);
guest('in, hasOwn, delete', `['id' in e, 'toString' in e, 'nope' in e, Object.hasOwn(e, 'name'), Object.hasOwn(e, 'toString'), delete e.nope, delete e.id, 'id' in e, 0 in e.list, 9 in e.list, 'length' in e.list].join()`);
guest('descriptors', `JSON.stringify([Object.getOwnPropertyDescriptor(e, 'id'), Object.getOwnPropertyDescriptors(e.nested), Object.getOwnPropertyDescriptor(e.list, 'length')])`);
guest('types and tags', `[typeof e, typeof e.list, Array.isArray(e.list), Array.isArray(e), String(e), String(e.list), Object.prototype.toString.call(e.list), e instanceof Object, e.list instanceof Array, e.constructor.name].join('|')`);
guest('array methods', `e.list.push(5); e.list.unshift(0); e.list.splice(1, 1); e.list.reverse(); [JSON.stringify(e.list), e.list.indexOf(5), e.list.length].join('|')`);
guest('array methods borrowed', `[Array.prototype.map.call(e.list, (x) => typeof x), Array.from(e.list).length, [...e.list].length, [].concat(e.list, e.nested).length, Array.prototype.slice.call(e.list, 2).length].join('|')`);
guest('sorting', `const n = JSON.parse('[3,1,10,2]'); const m = JSON.parse('["b","a"]'); Array.prototype.sort.call(m); [n.sort().join(), n.sort((a, b) => a - b).join(), m.join(), JSON.parse('[2,1]').toSorted().join()].join('|')`);
guest('lengths', `e.list.length = 1; const l = JSON.stringify(e.list); e.list.length = 3; e.list[5] = 1; l + JSON.stringify(e.list)`);
guest('copying within', `const n = JSON.parse('[1,2,3,4,5]'); n.copyWithin(0, 3); n.fill(0, 4); n.join() + n.at(-1) + n.includes(2) + n.flat().length`);
guest('a Proxy over it', `const p = new Proxy(e, { get: (t, k, r) => k === 'id' ? 'p' : Reflect.get(t, k, r) }); p.fresh = 1; [p.id, p.name, Object.keys(p), JSON.stringify(p)].join('|')`);
guest('as a prototype', `const c = Object.create(e); c.id = 1; c.own = 2; [c.id, e.id, c.name, Object.keys(c), JSON.stringify(c), (() => { const k = []; for (const x in c) k.push(x); return k; })()].join('|')`);
guest('Reflect', `[Reflect.get(e, 'id'), Reflect.set(e, 'id', 2), e.id, Reflect.has(e, 'name'), Reflect.deleteProperty(e, 'name'), Reflect.defineProperty(e, 'q', { value: 1 }), Reflect.isExtensible(e), Reflect.preventExtensions(e), Reflect.set(e, 'zz', 1), Reflect.getPrototypeOf(e) === Object.prototype].join()`);
guest('Reflect.set with another receiver', `const r = {}; Reflect.set(e, 'id', 5, r); Reflect.set({}, 'name', 'q', e); [e.id, r.id, e.name].join()`);
guest('super and methods', `const o = { __proto__: e, get() { return super.id; } }; o.get()`);
guest('in Maps and WeakMaps', `const m = new Map([[e, 1], [e.list, 2]]); const w = new WeakMap([[e.nested, 3]]); const s = new Set([e.list, e.list]); [m.get(e), m.get(e.list), w.get(e.nested), s.size].join()`);
guest('identity', `const l = e.list; const n = e.nested; l.push(1); n.z = 1; [l === e.list, n === e.nested, e.list[2] === e.list[2], e.nested.a === e.nested.a, Object.is(e, e)].join()`);
guest('grouping and folding', `const items = JSON.parse('[{"k":"a","v":1},{"k":"b","v":2},{"k":"a","v":3}]'); JSON.stringify(items.reduce((m, { k, v }) => ({ ...m, [k]: (m[k] || 0) + v }), {}))`);
guest('members of varying kinds', `JSON.stringify(JSON.parse('[{"a":1,"b":2},{"a":1},{"b":1,"a":2},{"a":1,"b":2,"c":3},{"a":{"a":{"a":[]}}},{}]').map((o) => ({ ...o, n: Object.keys(o).length })))`);
guest('many members', `const o = JSON.parse('{' + Array.from({ length: 300 }, (_, i) => '"k' + i + '":' + i).join() + '}'); [Object.keys(o).length, o.k7, o.k299, 'k300' in o, JSON.stringify(o).length].join()`);
guest('many members, small', `const o = JSON.parse('{' + Array.from({ length: 40 }, (_, i) => '"k' + i + '":{"v":' + i + '}').join() + '}'); o.k3 = 1; delete o.k4; [Object.keys(o).length, o.k39.v, o.k99, JSON.stringify(o).length].join()`);
guest('written again with spaces', `JSON.stringify(e, null, 1)`);
guest('written through a replacer', `JSON.stringify(e, (k, v) => k === 'list' ? v.length : v)`);
guest('in a circle', `e.nested.up = e; JSON.stringify(e)`);
guest('toJSON of an event', `JSON.stringify(JSON.parse('{"toJSON":1,"a":{"toJSON":{}}}'))`);
guest('toJSON put into an event', `const t = JSON.parse('{"toJSON":1,"a":2}'); t.toJSON = function () { return this.a; }; JSON.stringify([t])`);
guest('toPrimitive', `e[Symbol.toPrimitive] = () => 42; [+e, \`\${e}\`].join()`);
guest('valueOf and toString', `e.toString = () => 'text'; e.valueOf = () => 3; [e + 1, \`\${e}\`].join()`);
guest('as arguments', `Math.max(...JSON.parse('[1,5,3]')) + ((...a) => a.length)(...e.list) + Math.max.apply(null, JSON.parse('[7,8]'))`);
guest('with a generator over it', `function* walk(o) { for (const v of Object.values(o)) { if (v && typeof v === 'object') yield* walk(v); else yield v; } } [...walk(e)].join()`);
guest('compared', `[e == e, e === ${event}, e.nested != e.list, e.list == '1,2,[object Object],3'].join()`);
guest('thrown', `try { throw e; } catch (x) { JSON.stringify(x); }`);
guest('with length and index members', `const o = JSON.parse('{"length":2,"0":"a","1":"b"}'); Array.prototype.join.call(o, '-') + JSON.stringify(o)`);

// The JSON object itself.
say('the functions look as they should', `[JSON.parse.name, JSON.parse.length, JSON.stringify.name, JSON.stringify.length, Object.prototype.toString.call(JSON), typeof JSON.parse.prototype, Object.keys(JSON).length, 'JSON' in globalThis].join()`);
say('how JSON hangs on the global object', `const d = Object.getOwnPropertyDescriptor(globalThis, 'JSON'); [d.writable, d.enumerable, d.configurable, d.value === JSON].join()`);
say('how parse hangs on JSON', `const d = Object.getOwnPropertyDescriptor(JSON, 'parse'); [d.writable, d.enumerable, d.configurable].join()`);
say('parse is no constructor', `new JSON.parse('1')`);
say('errors are of their classes', `const r = []; for (const t of ['{', '[1n]']) try { JSON.parse(t); } catch (x) { r.push(x instanceof SyntaxError, x.constructor === SyntaxError, Object.keys(x).length); } r.join()`);

// As the test does: the value of the last statement, in sloppy mode.
const evaluate = new Function('code', 'return String(eval(code))');
const run = (code) => {
  try {
    return ['value', evaluate(code)];
  } catch (e) {
    return ['throw', e instanceof Error ? `${e.name}: ${e.message}` : String(e)];
  }
};
for (const c of cases) [c.kind, c.want] = run(c.code);
console.log(JSON.stringify(cases, null, 1));
