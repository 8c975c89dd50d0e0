// Uses packages from npm that carry WebAssembly. What it answers is compared
// with what it answered in Node (golden.json, recorded with node index.js).
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const assert = require('assert');

const text = 'Whoever was last, is first. '.repeat(200);
const bytes = new TextEncoder().encode(text);

const uses = {
  async 'hash-wasm'() {
    const { sha256, md5, blake3, argon2id } = require('hash-wasm');
    assert.strictEqual(await sha256(text), crypto.createHash('sha256').update(text).digest('hex'));
    assert.strictEqual(await md5(bytes), crypto.createHash('md5').update(bytes).digest('hex'));
    const key = await argon2id({ password: 'pass', salt: Buffer.alloc(16, 7), parallelism: 1, iterations: 2, memorySize: 512, hashLength: 16 });
    return [await blake3('abc'), key];
  },
  async 'xxhash-wasm'() {
    const make = require('xxhash-wasm');
    const { h32, h64ToString, create64 } = await make();
    return [h32('abc'), h64ToString('abc'), String(create64().update('a').update(new Uint8Array([98, 99])).digest())];
  },
  async 'brotli-wasm'() {
    const brotli = require('brotli-wasm');
    const packed = brotli.compress(bytes, { quality: 9 });
    assert.strictEqual(zlib.brotliDecompressSync(packed).toString(), text);
    assert.strictEqual(Buffer.from(brotli.decompress(zlib.brotliCompressSync(bytes))).toString(), text);
    let failed;
    try { brotli.decompress(new Uint8Array([1, 2, 3])); } catch (e) { failed = String(e); }
    return [packed.length, failed];
  },
  async '@bokuweb/zstd-wasm'() {
    const zstd = require('@bokuweb/zstd-wasm');
    await zstd.init();
    const packed = zstd.compress(bytes, 10);
    assert.strictEqual(Buffer.from(zstd.decompress(packed)).toString(), text);
    return [packed.length];
  },
  async 'sql.js'() {
    const SQL = await require('sql.js')();
    const db = new SQL.Database();
    db.run('CREATE TABLE birds (name TEXT, wings REAL, seen INTEGER, photo BLOB)');
    const insert = db.prepare('INSERT INTO birds VALUES (?, ?, ?, ?)');
    for (const row of [['wren', 15.5, 3, new Uint8Array([1, 2])], ['kite', 180, 1, null], ['owl', 95.25, 7, null]]) insert.run(row);
    insert.free();
    db.create_function('half', (x) => x / 2);
    const [big] = db.exec('SELECT name, half(wings) FROM birds WHERE wings > 20 ORDER BY wings DESC');
    let failed;
    try { db.exec('SELECT nothing FROM nowhere'); } catch (e) { failed = e.message; }
    const copy = new SQL.Database(db.export());
    return [big.columns, big.values, failed, copy.exec('SELECT sum(seen), count(photo) FROM birds')[0].values];
  },
};

// The event lists the packages to use.
exports.handler = async (names) => {
  const answers = {};
  for (const name of names) {
    try {
      answers[name] = await uses[name]();
    } catch (e) {
      answers[name] = String((e && e.stack) || e);
    }
  }
  return answers;
};
if (require.main === module) {
  exports.handler(Object.keys(uses)).then((answers) => fs.writeFileSync(path.join(__dirname, 'golden.json'), `${JSON.stringify(answers, null, 1)}\n`));
}
