// Records what Node answers to the cases of a test: node record.js x.cases > x.golden
// A case is "### name" and the body of an async function; its result is recorded as JSON.
const fs = require('fs');
const AsyncFunction = (async () => {}).constructor;

async function main(file) {
  const golden = {};
  for (const block of fs.readFileSync(file, 'utf8').split(/^### /m).slice(1)) {
    const end = block.indexOf('\n');
    const name = block.slice(0, end).trim();
    try {
      golden[name] = { value: (await new AsyncFunction('require', block.slice(end + 1))(require)) ?? null };
      golden[name] = JSON.parse(JSON.stringify(golden[name]));
    } catch (e) {
      golden[name] = { throws: [e?.name, e?.code, e?.message].map((v) => v ?? null) };
    }
  }
  process.stdout.write(`${JSON.stringify(golden, null, 1)}\n`);
}
main(process.argv[2]).then(() => process.exit(0));
