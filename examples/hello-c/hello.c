// Answers with its event. Build it as a WebAssembly module with
//
//     clang --target=wasm32-wasi -mexec-model=reactor -Os -Wl,--strip-all -o bootstrap.wasm hello.c

#include <stdlib.h>
#include <string.h>

__attribute__((import_module("lambent"), import_name("respond")))
void respond(const char *bytes, size_t length);

__attribute__((export_name("lambent_alloc")))
char *lambent_alloc(size_t size) { return malloc(size); }

__attribute__((export_name("handle")))
void handle(char *event, size_t length) {
  const char before[] = "{\"hello\":\"from C\",\"event\":";
  size_t head = sizeof before - 1;
  char *reply = malloc(head + length + 1);
  memcpy(reply, before, head);
  memcpy(reply + head, event, length);
  reply[head + length] = '}';
  respond(reply, head + length + 1);
  free(reply);
  free(event);
}
