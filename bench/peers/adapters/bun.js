// Serves a Lambda handler with Bun.serve. Arguments: handler file, port.
const { handler } = require(process.argv[2]);

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[3]),
  async fetch(request) {
    return Response.json(await handler(await request.json(), {}));
  },
});
