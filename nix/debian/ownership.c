/*
 * Lets an unprivileged build install packages that need root: every dynamic program in the build root loads this
 * library through /etc/ld.so.preload.
 *
 * Inside the sandbox there is one user id. The kernel refuses what a package manager does all day: giving files to
 * other owners, set-id bits (Nix's own filter), file capabilities, changing identity. This library remembers those
 * instead, in a table shared by all processes, and shows them to every program that asks, tar above all, which
 * writes the layers. Whatever the kernel can do, the kernel does: a file owned by root without special bits never
 * touches the table, so most calls cost one look into shared memory.
 *
 * The table is a fixed array in a file, hashed by device and inode, never shrunk. The time of birth tells a new file
 * from an older one with the same inode number. Writers lock the file, readers do not: a slot's inode is written last.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define TABLE_FILE "/.kasmix/owners"
#define SLOTS 65536u
#define SET_ID (S_ISUID | S_ISGID)
#define CAPABILITY "security.capability"

struct record {
  volatile uint64_t inode; /* 0: free; written last */
  uint64_t device;
  int64_t born_seconds;
  uint32_t born_nanoseconds;
  uint32_t uid, gid;
  uint32_t set_id;
  uint32_t capability_size;
  unsigned char capability[24]; /* struct vfs_ns_cap_data at most */
};

static struct record *table;

static int open_file(void) {
  return syscall(SYS_openat, AT_FDCWD, TABLE_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
}

static struct record *open_table(void) {
  if (table) return table;
  int fd = open_file();
  if (fd < 0) return NULL;
  syscall(SYS_ftruncate, fd, SLOTS * sizeof *table);
  void *memory = mmap(NULL, SLOTS * sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  return table = memory == MAP_FAILED ? NULL : memory;
}

/* The lock belongs to the descriptor: opened anew each time, it keeps threads apart as well. */
static int lock_table(void) {
  int fd = open_file();
  if (fd >= 0) while (syscall(SYS_flock, fd, LOCK_EX) < 0 && errno == EINTR);
  return fd;
}

static void unlock_table(int fd) { syscall(SYS_close, fd); }

/* How a file is named: a directory and a name, or an open descriptor with an empty name. */
struct file {
  int at;
  const char *name;
  int flags;
};

static struct file by_path(const char *name) { return (struct file){AT_FDCWD, name, 0}; }
static struct file by_link(const char *name) { return (struct file){AT_FDCWD, name, AT_SYMLINK_NOFOLLOW}; }
static struct file by_fd(int fd) { return (struct file){fd, "", AT_EMPTY_PATH}; }

static int identify(struct file file, struct statx *status) {
  return syscall(SYS_statx, file.at, file.name, file.flags, STATX_BASIC_STATS | STATX_BTIME, status);
}

static uint64_t device_of(const struct statx *status) {
  return ((uint64_t)status->stx_dev_major << 32) | status->stx_dev_minor;
}

static int same_birth(const struct record *record, const struct statx *status) {
  return record->born_seconds == status->stx_btime.tv_sec && record->born_nanoseconds == status->stx_btime.tv_nsec;
}

/* The slot of an inode, or the free slot where it would go. */
static struct record *slot_of(uint64_t device, uint64_t inode) {
  uint32_t start = (uint32_t)((inode * 0x9e3779b97f4a7c15ull) >> 32);
  for (uint32_t i = 0; i < SLOTS; i++) {
    struct record *slot = &table[(start + i) % SLOTS];
    if (slot->inode == 0 || (slot->inode == inode && slot->device == device)) return slot;
  }
  return NULL;
}

static const struct record *find(const struct statx *status) {
  if (!open_table()) return NULL;
  struct record *slot = slot_of(device_of(status), status->stx_ino);
  return slot && slot->inode && same_birth(slot, status) ? slot : NULL;
}

/* A file's record for writing, made when there is none. The table stays locked until unlock_table(*lock). */
static struct record *claim(const struct statx *status, int *lock) {
  if (!open_table()) return NULL;
  *lock = lock_table();
  struct record *slot = slot_of(device_of(status), status->stx_ino);
  if (!slot) {
    unlock_table(*lock);
    return NULL;
  }
  if (!slot->inode || !same_birth(slot, status)) {
    slot->device = device_of(status);
    slot->born_seconds = status->stx_btime.tv_sec;
    slot->born_nanoseconds = status->stx_btime.tv_nsec;
    slot->uid = slot->gid = slot->set_id = slot->capability_size = 0;
    slot->inode = status->stx_ino;
  }
  return slot;
}

static int out_of_slots(void) {
  errno = ENOSPC;
  return -1;
}

static int set_owner(struct file file, uid_t uid, gid_t gid) {
  struct statx status;
  if (identify(file, &status) < 0) return -1;
  const struct record *known = find(&status);
  if (!known && (uid == 0 || uid == (uid_t)-1) && (gid == 0 || gid == (gid_t)-1)) return 0;
  int lock;
  struct record *record = claim(&status, &lock);
  if (!record) return out_of_slots();
  if (uid != (uid_t)-1) record->uid = uid;
  if (gid != (gid_t)-1) record->gid = gid;
  /* As the kernel does: an executable loses its privileges with its owner. */
  if (S_ISREG(status.stx_mode)) {
    record->set_id &= (status.stx_mode & S_IXGRP) ? 0 : S_ISGID;
    record->capability_size = 0;
  }
  unlock_table(lock);
  return 0;
}

static int set_mode(struct file file, mode_t mode) {
  struct statx status;
  if (identify(file, &status) < 0) return -1;
  if (S_ISLNK(status.stx_mode)) {
    errno = EOPNOTSUPP;
    return -1;
  }
  if ((mode & SET_ID) || find(&status)) {
    int lock;
    struct record *record = claim(&status, &lock);
    if (!record) return out_of_slots();
    record->set_id = mode & SET_ID;
    unlock_table(lock);
  }
  mode_t rest = mode & 07777 & ~SET_ID;
  if (!(file.flags & AT_EMPTY_PATH) || file.name[0]) return syscall(SYS_fchmodat, file.at, file.name, rest);
  int result = syscall(SYS_fchmod, file.at, rest);
  if (result == 0 || errno != EBADF) return result;
  /* A descriptor opened with O_PATH needs its name in /proc. */
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file.at);
  return syscall(SYS_fchmodat, AT_FDCWD, name, rest);
}

int chown(const char *path, uid_t uid, gid_t gid) { return set_owner(by_path(path), uid, gid); }
int lchown(const char *path, uid_t uid, gid_t gid) { return set_owner(by_link(path), uid, gid); }
int fchown(int fd, uid_t uid, gid_t gid) { return set_owner(by_fd(fd), uid, gid); }
int fchownat(int at, const char *path, uid_t uid, gid_t gid, int flags) {
  return set_owner((struct file){at, path, flags}, uid, gid);
}
int chmod(const char *path, mode_t mode) { return set_mode(by_path(path), mode); }
int fchmod(int fd, mode_t mode) { return set_mode(by_fd(fd), mode); }
int lchmod(const char *path, mode_t mode) { return set_mode(by_link(path), mode); }
int fchmodat(int at, const char *path, mode_t mode, int flags) {
  return set_mode((struct file){at, path, flags}, mode);
}

/* Reading. */

static int show(int result, struct stat *status, struct file file) {
  struct statx birth;
  if (result < 0 || !open_table()) return result;
  uint64_t device = ((uint64_t)major(status->st_dev) << 32) | minor(status->st_dev);
  struct record *slot = slot_of(device, status->st_ino);
  if (!slot || !slot->inode || identify(file, &birth) < 0 || !same_birth(slot, &birth)) return result;
  status->st_uid = slot->uid;
  status->st_gid = slot->gid;
  status->st_mode |= slot->set_id;
  return result;
}

int fstatat(int at, const char *path, struct stat *status, int flags) {
  return show(syscall(SYS_newfstatat, at, path, status, flags), status, (struct file){at, path, flags});
}
int stat(const char *path, struct stat *status) { return fstatat(AT_FDCWD, path, status, 0); }
int lstat(const char *path, struct stat *status) { return fstatat(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW); }
int fstat(int fd, struct stat *status) { return fstatat(fd, "", status, AT_EMPTY_PATH); }
/* The 64-bit names are the same functions on this architecture. */
int fstatat64(int at, const char *path, struct stat64 *status, int flags) {
  return fstatat(at, path, (struct stat *)status, flags);
}
int stat64(const char *path, struct stat64 *status) { return stat(path, (struct stat *)status); }
int lstat64(const char *path, struct stat64 *status) { return lstat(path, (struct stat *)status); }
int fstat64(int fd, struct stat64 *status) { return fstat(fd, (struct stat *)status); }

int statx(int at, const char *path, int flags, unsigned int mask, struct statx *status) {
  int result = syscall(SYS_statx, at, path, flags, mask | STATX_INO | STATX_BTIME, status);
  const struct record *record = result < 0 ? NULL : find(status);
  if (record) {
    status->stx_uid = record->uid;
    status->stx_gid = record->gid;
    status->stx_mode |= record->set_id;
  }
  return result;
}

/* File capabilities. */

static int set_capability(struct file file, const char *name, const void *value, size_t size) {
  struct statx status;
  if (strcmp(name, CAPABILITY) != 0) {
    errno = ENOTSUP;
    return -1;
  }
  if (size > sizeof(((struct record *)0)->capability)) {
    errno = EINVAL;
    return -1;
  }
  if (identify(file, &status) < 0) return -1;
  int lock;
  struct record *record = claim(&status, &lock);
  if (!record) return out_of_slots();
  memcpy(record->capability, value, size);
  record->capability_size = size;
  unlock_table(lock);
  return 0;
}

static ssize_t give(const void *from, size_t size, void *to, size_t room) {
  if (room == 0) return size;
  if (room < size) {
    errno = ERANGE;
    return -1;
  }
  memcpy(to, from, size);
  return size;
}

/* The record with a file's capability; NULL and errno if the file has none, or for any other attribute. */
static const struct record *capability_of(struct file file, const char *name) {
  struct statx status;
  if (identify(file, &status) < 0) return NULL;
  const struct record *record = strcmp(name, CAPABILITY) == 0 ? find(&status) : NULL;
  if (record && record->capability_size) return record;
  errno = ENODATA;
  return NULL;
}

static ssize_t get_capability(struct file file, const char *name, void *value, size_t room) {
  const struct record *record = capability_of(file, name);
  if (!record) return -1;
  return give(record->capability, record->capability_size, value, room);
}

static ssize_t list_attributes(struct file file, char *list, size_t room) {
  struct statx status;
  if (identify(file, &status) < 0) return -1;
  const struct record *record = find(&status);
  return record && record->capability_size ? give(CAPABILITY, sizeof CAPABILITY, list, room) : 0;
}

static int remove_capability(struct file file, const char *name) {
  return capability_of(file, name) ? set_capability(file, name, "", 0) : -1;
}

int setxattr(const char *path, const char *name, const void *value, size_t size, int flags) {
  return (void)flags, set_capability(by_path(path), name, value, size);
}
int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags) {
  return (void)flags, set_capability(by_link(path), name, value, size);
}
int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags) {
  return (void)flags, set_capability(by_fd(fd), name, value, size);
}
ssize_t getxattr(const char *path, const char *name, void *value, size_t room) {
  return get_capability(by_path(path), name, value, room);
}
ssize_t lgetxattr(const char *path, const char *name, void *value, size_t room) {
  return get_capability(by_link(path), name, value, room);
}
ssize_t fgetxattr(int fd, const char *name, void *value, size_t room) {
  return get_capability(by_fd(fd), name, value, room);
}
ssize_t listxattr(const char *path, char *list, size_t room) { return list_attributes(by_path(path), list, room); }
ssize_t llistxattr(const char *path, char *list, size_t room) { return list_attributes(by_link(path), list, room); }
ssize_t flistxattr(int fd, char *list, size_t room) { return list_attributes(by_fd(fd), list, room); }

int removexattr(const char *path, const char *name) { return remove_capability(by_path(path), name); }
int lremovexattr(const char *path, const char *name) { return remove_capability(by_link(path), name); }
int fremovexattr(int fd, const char *name) { return remove_capability(by_fd(fd), name); }

/* The only identity is root: changing it succeeds and changes nothing. */

int setuid(uid_t a) { return (void)a, 0; }
int setgid(gid_t a) { return (void)a, 0; }
int seteuid(uid_t a) { return (void)a, 0; }
int setegid(gid_t a) { return (void)a, 0; }
int setreuid(uid_t a, uid_t b) { return (void)a, (void)b, 0; }
int setregid(gid_t a, gid_t b) { return (void)a, (void)b, 0; }
int setresuid(uid_t a, uid_t b, uid_t c) { return (void)a, (void)b, (void)c, 0; }
int setresgid(gid_t a, gid_t b, gid_t c) { return (void)a, (void)b, (void)c, 0; }
int setfsuid(uid_t a) { return (void)a, 0; }
int setfsgid(gid_t a) { return (void)a, 0; }
int setgroups(size_t count, const gid_t *groups) { return (void)count, (void)groups, 0; }
int initgroups(const char *user, gid_t group) { return (void)user, (void)group, 0; }

/*
 * dpkg syncs its database to the disk several times for each package. An interrupted build is discarded, so nothing has
 * to survive a power cut.
 */

int fsync(int fd) { return (void)fd, 0; }
int fdatasync(int fd) { return (void)fd, 0; }
int syncfs(int fd) { return (void)fd, 0; }
void sync(void) {}
int sync_file_range(int fd, off64_t from, off64_t size, unsigned int flags) {
  return (void)fd, (void)from, (void)size, (void)flags, 0;
}
