// Serves a Lambda handler with Deno.serve. Arguments: handler file, port.
import { createRequire } from 'node:module';

const { handler } = createRequire(import.meta.url)(Deno.args[0]);

Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.args[1]), onListen() {} }, async (request) =>
  Response.json(await handler(await request.json(), {})),
);
