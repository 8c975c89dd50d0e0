// Serves a Lambda handler with node:http. Arguments: handler file, port.
'use strict';

const { createServer } = require('node:http');
const { handler } = require(process.argv[2]);

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    try {
      const event = JSON.parse(Buffer.concat(chunks).toString());
      const text = JSON.stringify(await handler(event, {}));
      response.setHeader('Content-Type', 'application/json');
      response.end(text);
    } catch (error) {
      response.statusCode = 502;
      response.end(String(error));
    }
  });
}).listen(Number(process.argv[3]), '127.0.0.1');
