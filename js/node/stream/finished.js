const { Error, Promise, TypeError } = globalThis;
const { nextTick, AbortError, prematureClose, isNodeStream, isReadableFinished, isWritableFinished } = exports;
const errors = require('internal/errors');

// finished calls back once, when a stream has ended, failed or closed too early.
function finished(stream, options, callback) {
  if (arguments.length === 2) {
    callback = options;
    options = {};
  } else if (options == null) {
    options = {};
  } else {
    errors.validateObject(options, 'options');
  }
  errors.validateFunction(callback, 'callback');
  errors.validateAbortSignal(options.signal, 'options.signal');
  let called = false;
  const done = (err) => {
    if (called) return;
    called = true;
    if (err === undefined) callback.call(stream);
    else callback.call(stream, err);
  };
  if (typeof stream?.getReader === 'function' || typeof stream?.getWriter === 'function') return finishedWeb(stream, options, done);
  if (!isNodeStream(stream)) throw errors.invalidArgType('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  const r = stream._readableState;
  const w = stream._writableState;
  const readable = options.readable ?? (Boolean(r) || (!w && typeof stream.pipe === 'function' && stream.readable !== false));
  const writable = options.writable ?? (Boolean(w) || (!r && typeof stream.write === 'function'));
  // A stream that will emit close is finished then, if all of it is asked about.
  const closes = (s) => Boolean(s?.autoDestroy && s.emitClose && s.closed === false);
  let waits = (closes(r) || closes(w)) && Boolean(r) === readable && Boolean(w) === writable;
  let writableDone = w ? w.finished || w.writable === false : false;
  let readableDone = r ? r.endEmitted || r.readable === false : false;
  const onfinish = () => {
    writableDone = true;
    if (stream.destroyed) waits = false;
    if (waits && (!stream.writable || readable)) return;
    if (!readable || readableDone) done();
  };
  const onend = () => {
    readableDone = true;
    if (stream.destroyed) waits = false;
    if (waits && (!stream.readable || writable)) return;
    if (!writable || writableDone) done();
  };
  const onerror = (err) => done(err);
  const failure = () => (w?.errored || r?.errored || stream.errored) ?? null;
  const onclose = () => {
    const err = failure();
    if (err) done(err);
    else if (readable && !readableDone && !(r && isReadableFinished(stream))) done(prematureClose());
    else if (writable && !writableDone && !(w && isWritableFinished(stream))) done(prematureClose());
    else done();
  };
  const hooks = [['end', onend], ['finish', onfinish], ['close', onclose]];
  if (options.error !== false) hooks.push(['error', onerror]);
  for (const [type, fn] of hooks) stream.on(type, fn);
  if ((r || w) && r?.closed !== false && w?.closed !== false) {
    nextTick(onclose);
  } else if (w?.errorEmitted || r?.errorEmitted) {
    if (!waits) nextTick(onclose);
  } else if (!readable && (!waits || stream.readable) && writableDone) {
    nextTick(onclose);
  } else if (!writable && (!waits || stream.writable) && readableDone) {
    nextTick(onclose);
  }
  const cleanup = () => {
    called = true;
    for (const [type, fn] of hooks) stream.removeListener(type, fn);
  };
  if (options.signal && !called) {
    const abort = () => {
      const end = done;
      if (called) return;
      cleanup();
      called = false;
      end(new AbortError(undefined, { cause: options.signal.reason }));
    };
    if (options.signal.aborted) nextTick(abort);
    else options.signal.addEventListener('abort', abort, { once: true });
  }
  return cleanup;
}

function finishedWeb(stream, options, done) {
  const closed = stream[globalThis.Symbol.for('nodejs.webstream.isClosedPromise')];
  const p = closed?.promise ?? Promise.resolve();
  p.then(() => nextTick(done), (err) => nextTick(done, err));
  return () => {};
}

exports.finished = finished;
