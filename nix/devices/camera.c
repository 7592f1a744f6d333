/*
 * Answers a camera's ioctl requests (V4L2): one size, one format, JPEG pictures in memory that the program maps. The
 * supervisor has the other half, in src/runtime/camera/device.ts.
 *
 * The program's connection carries its wishes and the pictures. For each buffer that the program gives out a byte 1 asks
 * for a picture; 0 takes all wishes back. A picture is its length (4 bytes, low byte first) and the JPEG. So the
 * descriptor is readable when there is a picture, and select and poll work by themselves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include "devices.h"

#define WIDTH 640
#define HEIGHT 480
#define RATE 30
/* Bytes of the longest picture; src/wire/camera.ts has the same. */
#define ROOM (WIDTH * HEIGHT * 2)
#define BUFFERS 8
#define PATIENCE 1000

/* A camera that a program streams from. */
struct stream {
  ino_t inode; /* of the connection: it is the same for duplicates of the descriptor, and no other has it */
  unsigned int count, sequence, first, waiting; /* first and waiting: which part of order is in use */
  unsigned int order[BUFFERS];                  /* buffers to be filled */
  int has_started;
  unsigned char *memory[BUFFERS];
};

/* As many as a process may stream from at once. One that has not ended properly gives its place to the next. */
static struct stream streams[16];
static unsigned int taken;

static int fail(int error) { return errno = error, -1; }

static struct stream *stream_of(int fd, int is_new) {
  struct stat status;
  size_t i, count = sizeof streams / sizeof streams[0];
  if (fstat(fd, &status) != 0) return NULL;
  for (i = 0; i < count; i++)
    if (streams[i].inode == status.st_ino) return &streams[i];
  if (!is_new) return NULL;
  for (i = 0; i < count && streams[taken % count].has_started; i++) taken++;
  struct stream *stream = &streams[taken++ % count];
  memset(stream, 0, sizeof *stream);
  stream->inode = status.st_ino;
  return stream;
}

static int describe(struct v4l2_capability *to) {
  memset(to, 0, sizeof *to);
  strcpy((char *)to->driver, "kasmix");
  strcpy((char *)to->card, "Camera of the browser");
  strcpy((char *)to->bus_info, "platform:kasmix-camera");
  to->version = 0x060000;
  to->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
  to->capabilities = to->device_caps | V4L2_CAP_DEVICE_CAPS;
  return 0;
}

static int list_format(struct v4l2_fmtdesc *to) {
  if (to->index > 0 || to->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
  to->flags = V4L2_FMT_FLAG_COMPRESSED;
  strcpy((char *)to->description, "Motion-JPEG");
  to->pixelformat = V4L2_PIX_FMT_MJPEG;
  return 0;
}

/* The one format, whatever is asked for, as drivers do. */
static int give_format(struct v4l2_format *to) {
  if (to->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
  memset(&to->fmt, 0, sizeof to->fmt);
  to->fmt.pix.width = WIDTH;
  to->fmt.pix.height = HEIGHT;
  to->fmt.pix.pixelformat = V4L2_PIX_FMT_MJPEG;
  to->fmt.pix.field = V4L2_FIELD_NONE;
  to->fmt.pix.sizeimage = ROOM;
  to->fmt.pix.colorspace = V4L2_COLORSPACE_JPEG;
  return 0;
}

static int list_size(struct v4l2_frmsizeenum *to) {
  if (to->index > 0 || to->pixel_format != V4L2_PIX_FMT_MJPEG) return fail(EINVAL);
  to->type = V4L2_FRMSIZE_TYPE_DISCRETE;
  to->discrete.width = WIDTH;
  to->discrete.height = HEIGHT;
  return 0;
}

static int list_interval(struct v4l2_frmivalenum *to) {
  if (to->index > 0 || to->pixel_format != V4L2_PIX_FMT_MJPEG || to->width != WIDTH || to->height != HEIGHT)
    return fail(EINVAL);
  to->type = V4L2_FRMIVAL_TYPE_DISCRETE;
  to->discrete.numerator = 1;
  to->discrete.denominator = RATE;
  return 0;
}

static int give_rate(struct v4l2_streamparm *to) {
  if (to->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
  memset(&to->parm, 0, sizeof to->parm);
  to->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
  to->parm.capture.timeperframe.numerator = 1;
  to->parm.capture.timeperframe.denominator = RATE;
  to->parm.capture.readbuffers = 2;
  return 0;
}

static int list_input(struct v4l2_input *to) {
  unsigned int index = to->index;
  if (index > 0) return fail(EINVAL);
  memset(to, 0, sizeof *to);
  strcpy((char *)to->name, "Camera");
  to->type = V4L2_INPUT_TYPE_CAMERA;
  return 0;
}

static int tell(int fd, const char *wishes, size_t count) {
  return count == 0 || kasmix_tell(fd, wishes, count) == (ssize_t)count ? 0 : -1;
}

static const char WANTED[BUFFERS] = {1, 1, 1, 1, 1, 1, 1, 1}, NO_MORE[1] = {0};

static int stop(int fd, struct stream *stream) {
  int was_on = stream->has_started;
  stream->has_started = 0;
  stream->first = stream->waiting = 0;
  return was_on ? tell(fd, NO_MORE, 1) : 0;
}

static int allot(int fd, struct v4l2_requestbuffers *wish) {
  if (wish->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || wish->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
  struct stream *stream = stream_of(fd, 1);
  if (!stream) return -1;
  stop(fd, stream);
  memset(stream->memory, 0, sizeof stream->memory);
  if (wish->count > BUFFERS) wish->count = BUFFERS;
  stream->count = wish->count;
  wish->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
  return 0;
}

static int is_waiting(const struct stream *stream, unsigned int index) {
  for (unsigned int i = 0; i < stream->waiting; i++)
    if (stream->order[(stream->first + i) % BUFFERS] == index) return 1;
  return 0;
}

static int show_buffer(struct stream *stream, struct v4l2_buffer *buffer) {
  if (!stream || buffer->index >= stream->count) return fail(EINVAL);
  buffer->memory = V4L2_MEMORY_MMAP;
  buffer->m.offset = buffer->index * ROOM;
  buffer->length = ROOM;
  buffer->field = V4L2_FIELD_NONE;
  buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
  if (stream->memory[buffer->index]) buffer->flags |= V4L2_BUF_FLAG_MAPPED;
  if (is_waiting(stream, buffer->index)) buffer->flags |= V4L2_BUF_FLAG_QUEUED;
  return 0;
}

static int give_out(int fd, struct stream *stream, struct v4l2_buffer *buffer) {
  if (!stream || buffer->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
  if (buffer->index >= stream->count || is_waiting(stream, buffer->index)) return fail(EINVAL);
  stream->order[(stream->first + stream->waiting) % BUFFERS] = buffer->index;
  stream->waiting++;
  show_buffer(stream, buffer);
  return stream->has_started ? tell(fd, WANTED, 1) : 0;
}

/* All bytes, which the supervisor sends in one go. */
static int receive(int fd, unsigned char *to, size_t size) {
  struct pollfd readable = {fd, POLLIN};
  while (size > 0) {
    ssize_t got = recv(fd, to, size, 0);
    if (got == 0) return fail(ENODEV);
    if (got < 0 && errno == ECONNRESET) return fail(ENODEV);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return -1;
    if (got < 0 && errno == EAGAIN && poll(&readable, 1, PATIENCE) == 0) return fail(EIO);
    if (got < 0) continue;
    to += got;
    size -= got;
  }
  return 0;
}

static int take_back(int fd, struct stream *stream, struct v4l2_buffer *buffer) {
  static unsigned char nowhere[ROOM];
  unsigned char length[4];
  struct timespec now;
  if (!stream || !stream->has_started || buffer->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
  if (fcntl(fd, F_GETFL) & O_NONBLOCK) {
    ssize_t there = recv(fd, length, sizeof length, MSG_PEEK);
    if (there == 0) return fail(ENODEV);
    if (there < (ssize_t)sizeof length || stream->waiting == 0) return fail(EAGAIN);
  } else if (stream->waiting == 0) {
    return fail(EINVAL);
  }
  if (receive(fd, length, sizeof length) != 0) return -1;
  size_t size = length[0] | length[1] << 8 | length[2] << 16 | (size_t)length[3] << 24;
  if (size > ROOM) return fail(EIO);
  buffer->index = stream->order[stream->first];
  unsigned char *memory = stream->memory[buffer->index];
  if (receive(fd, memory ? memory : nowhere, size) != 0) return -1;
  stream->first = (stream->first + 1) % BUFFERS;
  stream->waiting--;
  show_buffer(stream, buffer);
  buffer->flags |= V4L2_BUF_FLAG_DONE;
  buffer->bytesused = size;
  buffer->sequence = stream->sequence++;
  clock_gettime(CLOCK_MONOTONIC, &now);
  buffer->timestamp.tv_sec = now.tv_sec;
  buffer->timestamp.tv_usec = now.tv_nsec / 1000;
  return 0;
}

static int start(int fd, struct stream *stream) {
  if (!stream || stream->count == 0) return fail(EINVAL);
  if (stream->has_started) return 0;
  stream->has_started = 1;
  stream->sequence = 0;
  return tell(fd, WANTED, stream->waiting);
}

int kasmix_control_camera(int fd, unsigned long request, void *argument) {
  struct stream *stream = NULL;
  /* Programs give the request as an int, with a sign. */
  switch ((uint32_t)request) {
    case VIDIOC_QUERYCAP: return describe(argument);
    case VIDIOC_ENUM_FMT: return list_format(argument);
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT: return give_format(argument);
    case VIDIOC_ENUM_FRAMESIZES: return list_size(argument);
    case VIDIOC_ENUM_FRAMEINTERVALS: return list_interval(argument);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: return give_rate(argument);
    case VIDIOC_ENUMINPUT: return list_input(argument);
    case VIDIOC_G_INPUT: return *(int *)argument = 0;
    case VIDIOC_S_INPUT: return *(int *)argument == 0 ? 0 : fail(EINVAL);
    case VIDIOC_G_PRIORITY: return *(int *)argument = V4L2_PRIORITY_DEFAULT, 0;
    case VIDIOC_S_PRIORITY: return 0;
    case VIDIOC_REQBUFS: return allot(fd, argument);
    case VIDIOC_QUERYCTRL:
    case VIDIOC_QUERY_EXT_CTRL:
    case VIDIOC_G_CTRL:
    case VIDIOC_S_CTRL: return fail(EINVAL);
  }
  stream = stream_of(fd, 0);
  switch ((uint32_t)request) {
    case VIDIOC_QUERYBUF: return show_buffer(stream, argument);
    case VIDIOC_QBUF: return give_out(fd, stream, argument);
    case VIDIOC_DQBUF: return take_back(fd, stream, argument);
    case VIDIOC_STREAMON: return start(fd, stream);
    case VIDIOC_STREAMOFF: return stream ? stop(fd, stream) : 0;
  }
  return fail(ENOTTY);
}

void *kasmix_map_camera(int fd, size_t size, int protection, off_t offset) {
  struct stream *stream = stream_of(fd, 0);
  unsigned int index = offset / ROOM;
  if (!stream || offset % ROOM != 0 || index >= stream->count || size > ROOM) return errno = EINVAL, MAP_FAILED;
  void *memory = mmap(NULL, ROOM, protection | PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) stream->memory[index] = memory;
  return memory;
}
