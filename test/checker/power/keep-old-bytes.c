/*
 * A file layer for one power cut at a time: what was written and not yet synced can be taken back.
 *
 * Loaded into PostgreSQL (LD_PRELOAD). Before every write to a file under SOTTO_TEST_POWER_ROOT it appends the bytes that lie
 * there now to the journal SOTTO_TEST_POWER_JOURNAL; after every fsync and fdatasync it notes which part of the journal that
 * file no longer needs. `take-back.ts` reads it after everything was killed.
 *
 * A record: u32 kind (1 write, 2 synced), u32 bytes of the path, u64 offset (or the journal's size when the sync began),
 * u64 size of the file before, u32 old bytes, then the path and the old bytes. One append each, so records of several
 * processes do not mix.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct head {
  uint32_t kind;
  uint32_t path_bytes;
  uint64_t offset;
  uint64_t size_before;
  uint32_t old_bytes;
} __attribute__((packed));

static int journal = -1;
static const char *root;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("SOTTO_TEST_POWER_JOURNAL");
  root = getenv("SOTTO_TEST_POWER_ROOT");
  if (!path || !root) return;
  int opened = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  /* Out of the way of a server that closes or counts its first numbers. */
  journal = opened < 0 ? -1 : fcntl(opened, F_DUPFD_CLOEXEC, 700);
  if (opened >= 0) close(opened);
  if (journal < 0) {
    fprintf(stderr, "the journal of the power cut cannot be opened: %s\n", strerror(errno));
    abort();
  }
}

/* The path's length, or 0 for what is none of ours. */
static size_t path_of(int fd, char *path) {
  char link[64];
  if (journal < 0 || fd == journal) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0 || strncmp(path, root, strlen(root)) != 0) return 0;
  path[length] = 0;
  return (size_t)length;
}

static void append(struct head head, const char *path, const char *old) {
  struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, head.path_bytes}, {(void *)old, head.old_bytes}};
  static ssize_t (*real)(int, const struct iovec *, int);
  if (!real) real = dlsym(RTLD_NEXT, "writev");
  if (real(journal, parts, 3) != (ssize_t)(sizeof head + head.path_bytes + head.old_bytes)) abort();
}

static void before_write(int fd, size_t bytes, off_t offset) {
  int saved = errno;
  char path[PATH_MAX];
  size_t path_bytes = path_of(fd, path);
  struct stat now;
  if (path_bytes > 0 && fstat(fd, &now) == 0 && S_ISREG(now.st_mode)) {
    char *old = malloc(bytes);
    /* Through a handle of its own: this one may be for writing alone. */
    int reader = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = reader < 0 || !old ? 0 : pread(reader, old, bytes, offset);
    if (reader >= 0) close(reader);
    struct head head = {1, path_bytes, offset, now.st_size, got > 0 ? got : 0};
    append(head, path, old);
    free(old);
  }
  errno = saved;
}

static size_t total(const struct iovec *parts, int count) {
  size_t bytes = 0;
  for (int n = 0; n < count; n++) bytes += parts[n].iov_len;
  return bytes;
}

#define REAL(type, name, ...)                     \
  static type (*real)(__VA_ARGS__);               \
  if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, write, int, const void *, size_t);
  off_t at = journal < 0 || fd == journal ? -1 : lseek(fd, 0, SEEK_CUR);
  if (at >= 0) before_write(fd, count, at);
  return real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  before_write(fd, count, offset);
  return real(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return pwrite(fd, bytes, count, offset); }

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(ssize_t, pwritev, int, const struct iovec *, int, off_t);
  before_write(fd, total(parts, count), offset);
  return real(fd, parts, count, offset);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
  return pwritev(fd, parts, count, offset);
}

static int synced(int fd, int (*real)(int)) {
  char path[PATH_MAX];
  size_t path_bytes = path_of(fd, path);
  struct stat before;
  if (path_bytes > 0) fstat(journal, &before);
  int result = real(fd);
  if (path_bytes > 0 && result == 0) append((struct head){2, path_bytes, before.st_size, 0, 0}, path, NULL);
  return result;
}

int fsync(int fd) {
  REAL(int, fsync, int);
  return synced(fd, real);
}

int fdatasync(int fd) {
  REAL(int, fdatasync, int);
  return synced(fd, real);
}
