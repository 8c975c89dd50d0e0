// A reactor that does harm: its event is a number, the index of one of the deeds
// below. Deeds that come to an end answer with a number. Built without a library.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define LAMBENT(name) __attribute__((import_module("lambent"), import_name(#name)))
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(name)))

LAMBENT(respond) void respond(u32 ptr, u32 len);
LAMBENT(respond_stream) void respond_stream(u32 ptr, u32 len);
LAMBENT(write) int stream_write(u32 ptr, u32 len);
LAMBENT(fail) void fail(u32 type, u32 type_len, u32 message, u32 message_len);
LAMBENT(log) void log_line(int level, u32 ptr, u32 len);
LAMBENT(context_read) void context_read(u32 ptr);

WASI(fd_write) int fd_write(u32 fd, u32 iovs, u32 count, u32 written);
WASI(fd_allocate) int fd_allocate(u32 fd, u64 offset, u64 len);
WASI(fd_close) int fd_close(u32 fd);
WASI(fd_renumber) int fd_renumber(u32 from, u32 to);
WASI(path_open) int path_open(u32 dir, u32 lookup, const char *path, u32 len, u32 flags, u64 rights, u64 inherit, u32 fdflags, u32 *fd);
WASI(path_symlink) int path_symlink(const char *target, u32 target_len, u32 dir, const char *path, u32 len);
WASI(path_create_directory) int path_create_directory(u32 dir, const char *path, u32 len);
WASI(poll_oneoff) int poll_oneoff(const void *in, void *out, u32 n, u32 *events);
WASI(proc_exit) void proc_exit(u32 code);
WASI(random_get) int random_get(u32 ptr, u32 len);

#define ROOT 3
#define READ (1 << 1)
#define WRITE (1 << 6)
#define CREATE 1
#define FOLLOW 1
#define BEYOND 0xfffffff0u

static u8 event[1 << 16];
static volatile u32 sink;

static void number(u32 n) {
  static char text[12];
  int at = sizeof text;
  do text[--at] = '0' + n % 10; while (n /= 10);
  respond((u32)&text[at], sizeof text - at);
}

static u32 length(const char *s) {
  u32 n = 0;
  while (s[n]) n++;
  return n;
}

static int open(const char *path, u32 flags, u64 rights, u32 *fd) {
  return path_open(ROOT, FOLLOW, path, length(path), flags, rights, 0, 0, fd);
}

// try_open answers with the number of the error, 0 if there was none.
static void try_open(const char *path) {
  u32 fd;
  number(open(path, 0, READ, &fd));
}

struct iovec { u32 ptr, len; };

// Time and stack.
static void spin(void) { for (;;) sink++; }
__attribute__((noinline)) static u32 dig(u32 n) { return sink ? dig(n + sink) + sink : dig(n + 1) + 1; }
static void recurse(void) { number(dig(1)); }
static void (*volatile bounced)(void);
static void bounce(void) { bounced(); sink++; }
static void recurse_indirectly(void) { bounced = bounce; bounce(); }
static void fill_memory(void) { for (;;) __builtin_memset(event, sink++, sizeof event); }
static void random_forever(void) { for (;;) random_get((u32)event, sizeof event); }

// subscription is one of poll_oneoff's: of a clock.
struct subscription { u64 user; u32 kind, pad; u32 clock, pad2; u64 timeout, precision; u32 flags, pad3; };

static void sleep_forever(void) {
  struct subscription s = {.clock = 1, .timeout = ~0ull};
  u8 out[32];
  u32 n;
  for (;;) poll_oneoff(&s, out, 1, &n);
}
static void sleep_often(void) {
  struct subscription s = {.clock = 1, .timeout = 1000};
  u8 out[32];
  u32 n;
  for (;;) poll_oneoff(&s, out, 1, &n);
}
static void poll_overflow(void) {
  u32 n;
  number(poll_oneoff(event, event, 0x05555556, &n));
}

// Memory and output.
static void bomb(void) {
  while (__builtin_wasm_memory_grow(0, 16) != -1ul) sink++;
  number(__builtin_wasm_memory_size(0));
}
static void bomb_and_touch(void) {
  for (;;) {
    u32 page = __builtin_wasm_memory_grow(0, 1);
    if (page == -1ul) break;
    *(u8 *)(page << 16) = 1;
  }
  number(__builtin_wasm_memory_size(0));
}
static void long_answer(void) {
  __builtin_wasm_memory_grow(0, 128);
  respond(0, 7 << 20);
}
static void stream_forever(void) {
  respond_stream(0, 0);
  while (stream_write((u32)event, sizeof event) == 0) sink++;
}
static void log_forever(void) {
  struct iovec v = {(u32)event, 64};
  for (u32 i = 0; i < 64; i++) event[i] = i == 63 ? '\n' : 'x';
  for (;;) fd_write(2, (u32)&v, 1, (u32)event);
}
static void log_without_end(void) {
  struct iovec v = {(u32)event, sizeof event};
  for (u32 i = 0; i < sizeof event; i++) event[i] = 'x';
  for (;;) fd_write(2, (u32)&v, 1, (u32)&sink);
}

// Files.
static void open_many(void) {
  u32 fd, n = 0;
  while (n < 10000 && open("tmp", 0, READ, &fd) == 0) n++;
  number(n);
}
static void make_many(void) {
  char path[] = "tmp/000000";
  u32 fd, errno = 0, n = 0;
  for (; n < 100000 && errno == 0; n++) {
    u32 v = n;
    for (int i = 9; i > 3; i--, v /= 10) path[i] = '0' + v % 10;
    if ((errno = open(path, CREATE, READ | WRITE, &fd)) == 0) fd_close(fd);
  }
  number(errno);
}
static void fill_tmp(void) {
  u32 fd;
  if (open("tmp/f", CREATE, READ | WRITE, &fd)) proc_exit(9);
  number(fd_allocate(fd, 0, 1ull << 60));
}
static void write_tmp(void) {
  u32 fd, errno;
  struct iovec v = {0, 1 << 16};
  if (open("tmp/f", CREATE, READ | WRITE, &fd)) proc_exit(9);
  while ((errno = fd_write(fd, (u32)&v, 1, (u32)&sink)) == 0);
  number(errno);
}
static void climb(void) { try_open("../../../../etc/passwd"); }
static void absolute(void) { try_open("/etc/passwd"); }
static void climb_by_link(void) {
  const char *target = "../../../../../etc/passwd", *path = "tmp/link";
  path_symlink(target, length(target), ROOT, path, length(path));
  try_open(path);
}
static void write_code(void) {
  u32 fd;
  number(open("var/task/evil", CREATE, READ | WRITE, &fd));
}
static void deep_folders(void) {
  static char path[4096] = "tmp";
  u32 n = 3, errno;
  do {
    path[n++] = '/';
    path[n++] = 'd';
    errno = path_create_directory(ROOT, path, n);
  } while (errno == 0);
  number(errno);
}
static void far_descriptor(void) { number(fd_renumber(ROOT, 0x7fffffff)); }
static void close_all(void) {
  for (u32 fd = 0; fd < 2000; fd++) fd_close(fd);
  number(0);
}

// Traps, and pointers to nowhere.
static void unreachable(void) { __builtin_trap(); }
static void divide(void) { number(length((char *)event) / sink); }
static void load(void) { sink = *(volatile u32 *)BEYOND; }
static void store(void) { *(volatile u32 *)BEYOND = 1; }
static void call_nothing(void) { bounced = 0; bounced(); }
static void call_other_type(void) { bounced = (void (*)(void))dig; bounced(); }
static void convert(void) { volatile double d = 1e300; sink = (u32)__builtin_wasm_trunc_s_i32_f64(d); }
static void respond_nowhere(void) { respond(BEYOND, 100); }
static void respond_huge(void) { respond(0, ~0u); }
static void log_nowhere(void) { log_line(2, BEYOND, 100); }
static void log_no_level(void) { log_line(77, 0, 1); }
static void fail_nowhere(void) { fail(0, 1, BEYOND, 100); }
static void context_nowhere(void) { context_read(BEYOND); }
static void write_unasked(void) { stream_write(0, 1); }
static void stream_twice(void) { respond_stream(0, 0); respond_stream(0, 0); }
static void wasi_nowhere(void) { number(fd_write(2, BEYOND, 1000, BEYOND)); }
static void leave(void) { proc_exit(3); }
static void leave_well(void) { proc_exit(0); }
static void no_answer(void) {}

static void (*const deeds[])(void) = {
  spin, recurse, recurse_indirectly, fill_memory, random_forever, sleep_forever, sleep_often, poll_overflow,
  bomb, bomb_and_touch, long_answer, stream_forever, log_forever, log_without_end,
  open_many, make_many, fill_tmp, write_tmp, climb, absolute, climb_by_link, write_code, deep_folders, far_descriptor, close_all,
  unreachable, divide, load, store, call_nothing, call_other_type, convert,
  respond_nowhere, respond_huge, log_nowhere, log_no_level, fail_nowhere, context_nowhere, write_unasked, stream_twice, wasi_nowhere,
  leave, leave_well, no_answer,
};

EXPORT("lambent_alloc") void *lambent_alloc(u32 size) { return size <= sizeof event ? event : 0; }

// 1 is a failure without a word of why: what an event that is no deed gets.
EXPORT("handle") int handle(u8 *text, u32 len) {
  u32 n = 0;
  for (u32 i = 0; i < len; i++) n = n * 10 + text[i] - '0';
  if (n >= sizeof deeds / sizeof *deeds) return 1;
  deeds[n]();
  return 0;
}
