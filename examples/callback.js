// The older style: the response goes to a callback, and is sent once the event
// loop is empty, so the timer below still runs.
const started = Date.now();
let invocations = 0; // survives between invocations of a warm environment

exports.handler = (event, context, callback) => {
  invocations += 1;
  setTimeout(() => console.log('the loop is empty now'), 5);
  if (typeof event.width !== 'number' || typeof event.height !== 'number') {
    callback(new TypeError('width and height must be numbers'));
    return;
  }
  callback(null, {
    area: event.width * event.height,
    invocations,
    warmForMs: Date.now() - started,
    remainingMs: context.getRemainingTimeInMillis(),
  });
};
