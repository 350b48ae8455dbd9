/* A power-loss image, by LD_PRELOAD: what a disk would hold if the power went at any moment.
 *
 * Files under PROOF_LIVE are copied to PROOF_IMAGE when, and only when, they are synced; a new or a changed name counts only after its
 * folder has been synced too, until then the copy waits as NAME.nameless. Each copy is made whole under another name and renamed, so the
 * image is always what some moment's disk held. The caller returns from its sync only after the copy: acknowledged is never ahead of it.
 * PROOF_SYNC_MS makes every sync under PROOF_LIVE take so much longer. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The path behind fd inside PROOF_LIVE ("" for the folder itself), or NULL. */
static const char *inside(int fd, char *path) {
  char link[64];
  const char *live = getenv("PROOF_LIVE");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = live ? readlink(link, path, PATH_MAX - 1) : -1;
  if (n < 0) return NULL;
  path[n] = 0;
  size_t len = strlen(live);
  if (strncmp(path, live, len) || (path[len] && path[len] != '/')) return NULL;
  return path[len] ? path + len + 1 : "";
}

/* Reads through the caller's own descriptor: opening and closing the file anew would drop the process's locks on it. */
static void copy(int fd, const char *relative) {
  char name[2 * PATH_MAX], part[2 * PATH_MAX + 8], nameless[2 * PATH_MAX + 16];
  static char buffer[1 << 20];
  struct stat known;
  snprintf(name, sizeof name, "%s/%s", getenv("PROOF_IMAGE"), relative);
  snprintf(part, sizeof part, "%s.part", name);
  snprintf(nameless, sizeof nameless, "%s.nameless", name);
  int out = open(part, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (out < 0) return;
  int in = fd;
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) { /* nobody holds locks through such a one */
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    in = open(link, O_RDONLY);
  }
  off_t at = 0;
  for (ssize_t n; (n = pread(in, buffer, sizeof buffer, at)) > 0; at += n)
    if (write(out, buffer, n) != n) _exit(99);
  close(out);
  if (in != fd) close(in);
  rename(part, stat(name, &known) == 0 ? name : nameless);
}

/* The folder's names become what they are now: waiting copies get their names, names that are gone go. */
static void names(const char *relative) {
  char folder[2 * PATH_MAX], from[3 * PATH_MAX], to[3 * PATH_MAX], live[3 * PATH_MAX];
  snprintf(folder, sizeof folder, "%s/%s", getenv("PROOF_IMAGE"), relative);
  DIR *dir = opendir(folder);
  if (!dir) return;
  for (struct dirent *e; (e = readdir(dir));) {
    if (e->d_name[0] == '.') continue;
    size_t len = strlen(e->d_name);
    int waits = len > 9 && !strcmp(e->d_name + len - 9, ".nameless");
    snprintf(from, sizeof from, "%s/%s", folder, e->d_name);
    snprintf(to, sizeof to, "%s/%.*s", folder, (int)(waits ? len - 9 : len), e->d_name);
    snprintf(live, sizeof live, "%s/%s%s%.*s", getenv("PROOF_LIVE"), relative, *relative ? "/" : "", (int)(waits ? len - 9 : len), e->d_name);
    if (waits) rename(from, to);
    if (access(live, F_OK) && errno == ENOENT) unlink(to);
  }
  closedir(dir);
}

static int synced(const char *which, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, which);
  char path[PATH_MAX];
  struct stat st;
  const char *slow = getenv("PROOF_SYNC_MS");
  if (slow && inside(fd, path)) usleep(1000 * atoi(slow));
  int done = real(fd);
  const char *relative = done == 0 ? inside(fd, path) : NULL;
  if (!relative || fstat(fd, &st)) return done;
  pthread_mutex_lock(&lock);
  if (S_ISDIR(st.st_mode)) names(relative); else copy(fd, relative);
  pthread_mutex_unlock(&lock);
  return done;
}

int fsync(int fd) { return synced("fsync", fd); }
int fdatasync(int fd) { return synced("fdatasync", fd); }
