// An ES module: imports, a top-level await and a named export.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

await sleep(1); // part of the init phase, before the first event

export const handler = async ({ text = '', algorithm = 'sha256' }) => ({
  algorithm,
  bytes: Buffer.byteLength(text),
  digest: createHash(algorithm).update(text, 'utf8').digest('hex'),
});
