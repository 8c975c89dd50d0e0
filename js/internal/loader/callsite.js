class CallSite {
  #fn; #file; #line; #column; #text; #construct;
  constructor([fn, file, line, column, text, construct]) {
    this.#fn = fn; this.#file = file; this.#line = line; this.#column = column;
    this.#text = text; this.#construct = construct;
  }
  getThis() { return undefined; }
  getTypeName() { return this.isToplevel() ? 'Object' : null; }
  getFunction() { return undefined; }
  getFunctionName() { return this.#fn === '' || this.#fn === 'Object.<anonymous>' ? null : this.#fn; }
  getMethodName() { return null; }
  getFileName() { return this.#file === '' ? undefined : this.#file; }
  getLineNumber() { return this.#line || null; }
  getColumnNumber() { return this.#column || null; }
  getEnclosingLineNumber() { return this.getLineNumber(); }
  getEnclosingColumnNumber() { return this.getColumnNumber(); }
  getEvalOrigin() { return undefined; }
  getScriptNameOrSourceURL() { return this.getFileName(); }
  getScriptHash() { return ''; }
  getPosition() { return 0; }
  getPromiseIndex() { return null; }
  isToplevel() { return this.#fn === 'Object.<anonymous>'; }
  isEval() { return this.#file === '<eval>'; }
  isNative() { return this.#file === ''; }
  isConstructor() { return this.#construct; }
  isAsync() { return false; }
  isPromiseAll() { return false; }
  toString() { return this.#text; }
}
return frames.map((frame) => new CallSite(frame));
