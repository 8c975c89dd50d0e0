// Fills in the results of files of cases (see nodecase.go):
//   node record.mjs FILE...
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

globalThis.require = createRequire(import.meta.url);
globalThis.attempt = (f) => { try { return f(); } catch (e) { return [e.name, e.code, e.message]; } };
const AsyncFunction = (async () => {}).constructor;

for (const file of process.argv.slice(2)) {
  const cases = JSON.parse(readFileSync(file, 'utf8'));
  for (const c of cases) {
    const code = Array.isArray(c.code) ? c.code.join('\n') : c.code;
    try {
      c.want = JSON.parse(JSON.stringify((await new AsyncFunction(code)()) ?? null));
    } catch (e) {
      c.want = { throws: [String(e?.name), e?.code ?? null, String(e?.message ?? e)] };
    }
  }
  const rows = cases.map((c) => ` {\n  "name": ${JSON.stringify(c.name)},\n  "code": ${JSON.stringify(c.code)},\n  "want": ${JSON.stringify(c.want)}\n }`);
  writeFileSync(file, `[\n${rows.join(',\n')}\n]\n`);
}
