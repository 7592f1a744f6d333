/*
 * Shows gamepads and a camera to programs in a container, which may not create devices: loaded by LD_PRELOAD, it makes
 * the directory input/ of KASMIX_GAMEPADS appear as /dev/input. It has a link for each plugged-in gamepad, to the socket
 * in sockets/ that the supervisor listens on; the file in state/ has what is held. The socket KASMIX_CAMERA appears in
 * /dev under its own name.
 *
 * A program that opens one holds a connection to the supervisor. A gamepad's gives what the kernel would: whole
 * input_event or js_event records. So read, poll, dup, fork and passing descriptors work by themselves. The address of a
 * descriptor's other end shows what it is; this file keeps no list of them, and has nothing to lock.
 *
 * Other paths, and all paths without these variables, go to the next library unchanged.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/major.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>
#include "devices.h"

#define DEVICES "/dev/input"
#define DEVICES_LENGTH (sizeof DEVICES - 1)
#define SOCKETS "/sockets"
#define CAMERAS "/dev/video"
#define NAME_AT (sizeof "/dev/" - 1)
#define CAMERA_MAJOR 81
/* Enough for a socket's path, and no more: a signal handler may have a small stack. */
#define ROOM 160

/* What the compiler makes of open and read with argument checks (_FORTIFY_SOURCE). */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int at, const char *path, int flags);
int __openat64_2(int at, const char *path, int flags);
ssize_t __read_chk(int fd, void *to, size_t size, size_t room);

/* The functions that this library replaces. */
#define FUNCTIONS(X)                                                                             \
  X(open) X(open64) X(openat) X(openat64) X(__open_2) X(__open64_2) X(__openat_2) X(__openat64_2) \
  X(opendir) X(readdir) X(closedir) X(scandir) X(scandir64) X(inotify_add_watch)                                        \
  X(access) X(eaccess) X(euidaccess) X(faccessat) X(fstatat) X(fstat) X(statx)                   \
  X(ioctl) X(read) X(__read_chk) X(write)

#define POINTER(name) static __typeof__(name) *next_##name;
FUNCTIONS(POINTER)

/* All at the first call of any of them, which comes early: later there may be threads and signal handlers. */
static void find_next(void) {
#define FIND(name) next_##name = dlsym(RTLD_NEXT, #name);
  FUNCTIONS(FIND)
}

#define NEXT(name) (next_##name ? next_##name : (find_next(), next_##name))

/* Finding devices. */

/*
 * Whether this process has opened a device. Until then the library makes no system call of its own: sandboxes such as
 * Chromium's kill a process for an unexpected one.
 */
static volatile int has_met;

/* event3 or js3: its number, or -1. */
static int number_of(const char *name, int *joydev) {
  *joydev = strncmp(name, "js", 2) == 0;
  if (!*joydev && strncmp(name, "event", 5) != 0) return -1;
  name += *joydev ? 2 : 5;
  return name[0] >= '0' && name[0] <= '9' && !name[1] ? name[0] - '0' : -1;
}

/* Whether a descriptor is connected to a socket with a path. Leaves errno alone. */
static int find_peer(int fd, struct sockaddr_un *peer) {
  socklen_t size = sizeof *peer - 1;
  int error = errno;
  memset(peer, 0, sizeof *peer);
  int failed = getpeername(fd, (struct sockaddr *)peer, &size);
  errno = error;
  return !failed && peer->sun_family == AF_UNIX && peer->sun_path[0] == '/';
}

/* The last part of the camera's path in /dev, or NULL where there is none. */
static const char *camera_name(void) {
  const char *camera = getenv("KASMIX_CAMERA");
  const char *slash = camera ? strrchr(camera, '/') : NULL;
  return slash ? slash + 1 : NULL;
}

static int is_camera(int fd) {
  struct sockaddr_un peer;
  const char *camera = getenv("KASMIX_CAMERA");
  return camera && find_peer(fd, &peer) && strcmp(peer.sun_path, camera) == 0 && (has_met = 1);
}

int kasmix_pad_of(int fd, struct pad *pad) {
  struct sockaddr_un peer;
  if (!find_peer(fd, &peer)) return 0;
  char *name = strrchr(peer.sun_path, '/');
  pad->number = number_of(name + 1, &pad->joydev);
  const char *directory = pad->number < 0 ? NULL : getenv("KASMIX_GAMEPADS");
  size_t length = directory ? strlen(directory) : 0;
  if (!directory || strncmp(directory, peer.sun_path, length) != 0) return 0;
  if (peer.sun_path + length + sizeof SOCKETS - 1 != name) return 0;
  if (strncmp(peer.sun_path + length, SOCKETS, sizeof SOCKETS - 1) != 0) return 0;
  snprintf(pad->state, sizeof pad->state, "%s/state/%d", directory, pad->number);
  return has_met = 1;
}

/* Whether this is the camera's path in /dev. */
static int names_camera(const char *path) {
  if (strncmp(path, CAMERAS, sizeof CAMERAS - 1) != 0) return 0;
  const char *name = camera_name();
  return name && strcmp(path + NAME_AT, name) == 0;
}

/* The real path of a gamepad, of their directory or of the camera, if that exists; else the path itself. Leaves errno alone. */
static const char *place(const char *path, char *room) {
  if (!path) return path;
  if (names_camera(path)) {
    if (snprintf(room, ROOM, "%s", getenv("KASMIX_CAMERA")) >= ROOM) return path;
  } else {
    if (strncmp(path, DEVICES, DEVICES_LENGTH) != 0) return path;
    const char *rest = path + DEVICES_LENGTH;
    const char *directory = *rest == '/' || !*rest ? getenv("KASMIX_GAMEPADS") : NULL;
    if (!directory || snprintf(room, ROOM, "%s/input%s", directory, rest) >= ROOM) return path;
  }
  int error = errno;
  struct stat status;
  int missing = fstatat(AT_FDCWD, room, &status, AT_SYMLINK_NOFOLLOW);
  errno = error;
  return missing ? path : room;
}

/* Opening. */

static int connect_to(const char *path, int flags) {
  static const struct timeval patience = {0, 200000}, forever;
  struct sockaddr_un address = {AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | (flags & O_CLOEXEC ? SOCK_CLOEXEC : 0), 0);
  if (fd < 0) return -1;
  /* Connecting blocks only while hundreds wait for the supervisor, and then not forever. */
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    close(fd);
    return errno = ENODEV, -1;
  }
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof forever);
  if (flags & O_NONBLOCK) fcntl(fd, F_SETFL, O_NONBLOCK);
  has_met = 1;
  return fd;
}

#define NO_DEVICE -2

/* The device at a path, as a descriptor; NO_DEVICE when the path is something else. */
static int open_device(const char *path, int flags) {
  int joydev;
  char room[ROOM];
  const char *real = place(path, room);
  if (real == path || flags & (O_PATH | O_DIRECTORY)) return NO_DEVICE;
  int is_device = names_camera(path) || number_of(path + DEVICES_LENGTH + 1, &joydev) >= 0;
  return is_device ? connect_to(real, flags) : NO_DEVICE;
}

#define OPEN(name, ...)                                              \
  char room[ROOM];                                                   \
  int device = open_device(path, flags);                             \
  const char *real = device == NO_DEVICE ? place(path, room) : path; \
  return device == NO_DEVICE ? NEXT(name)(__VA_ARGS__) : device;

/* Without O_CREAT there is no mode, and the value is not used. */
#define READ_MODE                     \
  va_list rest;                       \
  va_start(rest, flags);              \
  mode_t mode = va_arg(rest, mode_t); \
  va_end(rest);

int open(const char *path, int flags, ...) { READ_MODE OPEN(open, real, flags, mode) }
int open64(const char *path, int flags, ...) { READ_MODE OPEN(open64, real, flags, mode) }
int openat(int at, const char *path, int flags, ...) { READ_MODE OPEN(openat, at, real, flags, mode) }
int openat64(int at, const char *path, int flags, ...) { READ_MODE OPEN(openat64, at, real, flags, mode) }
int __open_2(const char *path, int flags) { OPEN(__open_2, real, flags) }
int __open64_2(const char *path, int flags) { OPEN(__open64_2, real, flags) }
int __openat_2(int at, const char *path, int flags) { OPEN(__openat_2, at, real, flags) }
int __openat64_2(int at, const char *path, int flags) { OPEN(__openat64_2, at, real, flags) }

/* Looking around. */

#define PLACED(name, ...)               \
  char room[ROOM];                  \
  const char *real = place(path, room); \
  return NEXT(name)(__VA_ARGS__);

/* The listing of /dev to whose end the camera is still to be added. */
static DIR *volatile listing;

DIR *opendir(const char *path) {
  char room[ROOM];
  DIR *directory = NEXT(opendir)(place(path, room));
  int is_dev = path && (strcmp(path, "/dev") == 0 || strcmp(path, "/dev/") == 0);
  if (directory && is_dev && camera_name()) listing = directory;
  return directory;
}
struct dirent *readdir(DIR *directory) {
  static struct dirent camera = {.d_ino = 1, .d_type = DT_CHR, .d_reclen = sizeof camera};
  char path[ROOM], room[ROOM];
  struct dirent *entry = NEXT(readdir)(directory);
  if (entry || directory != listing) return entry;
  listing = NULL;
  const char *name = camera_name();
  if (!name || snprintf(path, sizeof path, "/dev/%s", name) >= ROOM || place(path, room) == path) return NULL;
  strcpy(camera.d_name, name);
  return &camera;
}
struct dirent64 *readdir64(DIR *directory) { return (struct dirent64 *)readdir(directory); }
int closedir(DIR *directory) {
  if (directory == listing) listing = NULL;
  return NEXT(closedir)(directory);
}
int scandir(const char *path, struct dirent ***list, int (*filter)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **)) {
  PLACED(scandir, real, list, filter, compare)
}
int scandir64(const char *path, struct dirent64 ***list, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  PLACED(scandir64, real, list, filter, compare)
}
int inotify_add_watch(int fd, const char *path, uint32_t mask) { PLACED(inotify_add_watch, fd, real, mask) }
int access(const char *path, int mode) { PLACED(access, real, mode) }
int eaccess(const char *path, int mode) { PLACED(eaccess, real, mode) }
int euidaccess(const char *path, int mode) { PLACED(euidaccess, real, mode) }
int faccessat(int at, const char *path, int mode, int flags) { PLACED(faccessat, at, real, mode, flags) }

/* Status: a character device with the kernel's own numbers. */

static unsigned int minor_of(int joydev, int number) { return number + (joydev ? 0 : 64); }

static int show_camera(int result, struct stat *status) {
  if (result != 0 || !S_ISSOCK(status->st_mode)) return result;
  status->st_mode = S_IFCHR | 0660;
  status->st_rdev = makedev(CAMERA_MAJOR, atoi(camera_name() + sizeof "video" - 1));
  return 0;
}

static int show(int result, struct stat *status, int joydev, int number) {
  if (result != 0 || number < 0 || !S_ISSOCK(status->st_mode)) return result;
  status->st_mode = S_IFCHR | 0660;
  status->st_rdev = makedev(INPUT_MAJOR, minor_of(joydev, number));
  return 0;
}

static int show_path(int result, struct stat *status, const char *path, const char *real) {
  int joydev;
  if (result == 0 && real != path && names_camera(path)) return show_camera(result, status);
  if (result != 0 || real == path || strlen(path) <= DEVICES_LENGTH) return result;
  int number = number_of(path + DEVICES_LENGTH + 1, &joydev);
  return show(result, status, joydev, number);
}

static int show_fd(int result, struct stat *status, int fd) {
  struct pad pad;
  if (result != 0 || !has_met || !S_ISSOCK(status->st_mode)) return result;
  if (is_camera(fd)) return show_camera(result, status);
  if (!kasmix_pad_of(fd, &pad)) return result;
  return show(result, status, pad.joydev, pad.number);
}

/* The 64-bit names are the same functions on this architecture, and those with a version are older programs'. */
int fstatat(int at, const char *path, struct stat *status, int flags) {
  char room[ROOM];
  const char *real = place(path, room);
  int result = NEXT(fstatat)(at, real, status, flags);
  return flags & AT_EMPTY_PATH && path && !*path ? show_fd(result, status, at) : show_path(result, status, path, real);
}
int stat(const char *path, struct stat *status) { return fstatat(AT_FDCWD, path, status, 0); }
int lstat(const char *path, struct stat *status) { return fstatat(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW); }
int fstat(int fd, struct stat *status) {
  return show_fd(NEXT(fstat)(fd, status), status, fd);
}
int fstatat64(int at, const char *path, struct stat64 *status, int flags) {
  return fstatat(at, path, (struct stat *)status, flags);
}
int stat64(const char *path, struct stat64 *status) { return stat(path, (struct stat *)status); }
int lstat64(const char *path, struct stat64 *status) { return lstat(path, (struct stat *)status); }
int fstat64(int fd, struct stat64 *status) { return fstat(fd, (struct stat *)status); }
int __xstat(int version, const char *path, struct stat *status) { return (void)version, stat(path, status); }
int __lxstat(int version, const char *path, struct stat *status) { return (void)version, lstat(path, status); }
int __fxstat(int version, int fd, struct stat *status) { return (void)version, fstat(fd, status); }
int __xstat64(int version, const char *path, struct stat64 *status) { return (void)version, stat64(path, status); }
int __lxstat64(int version, const char *path, struct stat64 *status) { return (void)version, lstat64(path, status); }
int __fxstat64(int version, int fd, struct stat64 *status) { return (void)version, fstat64(fd, status); }
int __fxstatat(int version, int at, const char *path, struct stat *status, int flags) {
  return (void)version, fstatat(at, path, status, flags);
}
int __fxstatat64(int version, int at, const char *path, struct stat64 *status, int flags) {
  return (void)version, fstatat64(at, path, status, flags);
}

int statx(int at, const char *path, int flags, unsigned int mask, struct statx *status) {
  char room[ROOM];
  const char *real = place(path, room);
  int result = NEXT(statx)(at, real, flags, mask, status);
  if (result != 0 || !S_ISSOCK(status->stx_mode)) return result;
  struct stat plain = {.st_mode = status->stx_mode};
  if (flags & AT_EMPTY_PATH && path && !*path) show_fd(0, &plain, at);
  else show_path(0, &plain, path, real);
  if (S_ISSOCK(plain.st_mode)) return 0;
  status->stx_mode = plain.st_mode;
  status->stx_rdev_major = major(plain.st_rdev);
  status->stx_rdev_minor = minor(plain.st_rdev);
  return 0;
}

/* Using. */

int ioctl(int fd, unsigned long request, ...) {
  struct pad pad;
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  char family = _IOC_TYPE(request);
  if (family == 'V' && is_camera(fd)) return kasmix_control_camera(fd, request, argument);
  if ((family != 'E' && family != 'j') || !kasmix_pad_of(fd, &pad)) return NEXT(ioctl)(fd, request, argument);
  if (pad.joydev) return family == 'j' ? kasmix_control_joystick(request, argument) : (errno = EINVAL, -1);
  return family == 'E' ? kasmix_control_events(fd, &pad, request, argument) : (errno = EINVAL, -1);
}

/* An unplugged device gives ENODEV; a closed connection would look like the end of a file. */
static ssize_t unplugged(ssize_t result, int fd, size_t size) {
  struct pad pad;
  if (result != 0 || size == 0 || !has_met || !kasmix_pad_of(fd, &pad)) return result;
  return errno = ENODEV, -1;
}

ssize_t read(int fd, void *to, size_t size) {
  return unplugged(NEXT(read)(fd, to, size), fd, size);
}
ssize_t __read_chk(int fd, void *to, size_t size, size_t room) {
  return unplugged(NEXT(__read_chk)(fd, to, size, room), fd, size);
}

/*
 * The memory of a camera's picture. By a system call of its own for all else: allocators map memory before any next
 * function can be looked for.
 */
void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
  if (fd >= 0 && has_met && is_camera(fd)) return kasmix_map_camera(fd, size, protection, offset);
  return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}
void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset) {
  return mmap(at, size, protection, flags, fd, offset);
}

ssize_t kasmix_tell(int fd, const void *record, size_t size) {
  ssize_t sent = send(fd, record, size, MSG_NOSIGNAL);
  if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) errno = ENODEV;
  return sent;
}

/* A write of one event may go to a gamepad; if it was unplugged, that must not raise a signal. */
ssize_t write(int fd, const void *from, size_t size) {
  struct pad pad;
  int is_order = has_met && size == sizeof(struct input_event) && kasmix_pad_of(fd, &pad);
  return is_order ? kasmix_tell(fd, from, size) : NEXT(write)(fd, from, size);
}
