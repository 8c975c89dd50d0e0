// Behind API Gateway or a function URL: a request in, a response out.
const notes = new Map();
let nextId = 1;

const reply = (statusCode, body) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

exports.handler = async (event) => {
  const { method, path } = event.requestContext.http;
  const body = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : event.body;
  switch (`${method} ${path}`) {
    case 'POST /notes': {
      const { text } = JSON.parse(body);
      const id = nextId++;
      notes.set(id, text);
      return reply(201, { id, text });
    }
    case 'GET /notes':
      return reply(200, [...notes].map(([id, text]) => ({ id, text })));
    default:
      return reply(404, { message: `there is nothing at ${method} ${path}` });
  }
};
