// Answers with its event. Build it as a WebAssembly module with
//
//     npx asc hello.ts --outFile bootstrap.wasm -O3 --runtime incremental --use abort=

// @ts-ignore: decorators of AssemblyScript
@external("lambent", "respond")
declare function respond(ptr: usize, length: usize): void;

export function lambent_alloc(size: i32): usize {
  return heap.alloc(size);
}

export function handle(ptr: usize, length: i32): void {
  const event = String.UTF8.decodeUnsafe(ptr, length);
  heap.free(ptr);
  const reply = String.UTF8.encode(`{"hello":"from AssemblyScript","event":${event}}`);
  respond(changetype<usize>(reply), reply.byteLength);
}
