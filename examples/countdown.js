// A streamed response: the client gets each line as soon as it is written.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

exports.handler = awslambda.streamifyResponse(async (event, responseStream) => {
  responseStream.setContentType('text/plain');
  for (let n = event.from ?? 3; n > 0; n--) {
    responseStream.write(`${n}...\n`);
    await pause(event.everyMs ?? 100);
  }
  responseStream.write('lift-off\n');
  responseStream.end();
});
