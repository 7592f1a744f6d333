// screenshot WIDTH HEIGHT QUALITY ACROSS DOWN [HASH]: the desktop as a JPEG, as large as fits into WIDTH x HEIGHT.
//
// Reads the root window of $DISPLAY, as it is without the mouse pointer, makes it smaller where it has to, and never
// larger. QUALITY is libjpeg's, 1 to 100; ACROSS and DOWN say how many pixels share a colour (1 1, 2 1, 2 2). Writes to
// stdout a hash of the picture (16 hexadecimal digits), how many bytes follow (8 more), and these bytes, the JPEG. When
// HASH is the picture's, nobody wants it once more: no bytes follow.
//
// A process of its own, so that neither the memory nor the time it takes is the gateway's. The libraries are in every
// image, as parts of other programs; they are loaded by name, because no headers of theirs are among the build tools.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

// From X11/Xlib.h.
enum { ALL_PLANES = -1, Z_PIXMAP = 2, LITTLE_ENDIAN_FIRST = 0 };
struct image {
  int width, height, xoffset, format;
  uint32_t *data;
  int byte_order, bitmap_unit, bitmap_bit_order, bitmap_pad, depth, bytes_per_line, bits_per_pixel;
  unsigned long red, green, blue;
};
static void *(*open_display)(const char *);
static unsigned long (*default_root)(void *);
static int (*get_geometry)(void *, unsigned long, unsigned long *, int *, int *, unsigned *, unsigned *, unsigned *,
                           unsigned *);
static struct image *(*get_image)(void *, unsigned long, int, int, unsigned, unsigned, unsigned long, int);
static int (*grab_server)(void *);

// From jpeglib.h, version 6.2 of the interface; what is not used is left out.
enum { VERSION = 62, COMPRESS_SIZE = 520, ERROR_SIZE = 168, BGRX = 9 };
struct component {
  int id, index, across, down;
};
struct compress {
  void *error, *memory, *progress, *client;
  int is_decompressor, state;
  void *destination;
  unsigned width, height;
  int components, colours;
  double gamma;
  int precision, count, stored;
  struct component *component;
  char rest[COMPRESS_SIZE - 96];
};
static void *(*std_error)(void *);
static void (*create_compress)(struct compress *, int, size_t);
static void (*mem_dest)(struct compress *, unsigned char **, unsigned long *);
static void (*set_defaults)(struct compress *), (*finish_compress)(struct compress *);
static void (*set_quality)(struct compress *, int, int), (*start_compress)(struct compress *, int);
static unsigned (*write_scanlines)(struct compress *, unsigned char **, unsigned);

struct picture {
  unsigned width, height;
  uint32_t *pixels;  // blue first; the fourth byte means nothing
};

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

static void *library(const char *name) {
  void *found = dlopen(name, RTLD_NOW);
  if (found == NULL) fail(name, dlerror());
  return found;
}

static void *function(void *from, const char *name) {
  void *found = dlsym(from, name);
  if (found == NULL) fail(name, dlerror());
  return found;
}

static struct picture read_screen(void) {
  void *x = library("libX11.so.6");
  open_display = function(x, "XOpenDisplay");
  default_root = function(x, "XDefaultRootWindow");
  get_geometry = function(x, "XGetGeometry");
  get_image = function(x, "XGetImage");
  grab_server = function(x, "XGrabServer");
  void *display = open_display(NULL);
  if (display == NULL) fail("X server", "it is not there, or it refuses");
  struct picture screen;
  unsigned long root = default_root(display);
  unsigned border, depth;
  int left, top;
  // Nobody may resize the screen between the two questions. That ends with the connection.
  grab_server(display);
  if (!get_geometry(display, root, &root, &left, &top, &screen.width, &screen.height, &border, &depth))
    fail("XGetGeometry", "no answer");
  struct image *image = get_image(display, root, 0, 0, screen.width, screen.height, ALL_PLANES, Z_PIXMAP);
  if (image == NULL) fail("XGetImage", "no picture");
  if (image->bits_per_pixel != 32 || image->red != 0xff0000 || image->blue != 0xff ||
      image->byte_order != LITTLE_ENDIAN_FIRST || image->bytes_per_line != (int)screen.width * 4)
    fail("XGetImage", "the screen has another depth than 24");
  screen.pixels = image->data;
  return screen;
}

// What has changed shows with all but certainty; it is no seal against anybody.
static uint64_t hash(const struct picture *picture) {
  uint64_t value = ((uint64_t)picture->width << 32 | picture->height) + 0x9e3779b97f4a7c15u;
  size_t count = (size_t)picture->width * picture->height;
  for (size_t i = 0; i < count; i++) {
    value = (value ^ (picture->pixels[i] & 0xffffff)) * 0x9fb21c651e98df25u;
    value ^= value >> 32;
  }
  return value;
}

static unsigned at_least_1(uint64_t value) { return value == 0 ? 1 : value; }

// Each new pixel is the mean of those that it stands for.
static struct picture shrink(const struct picture *screen, unsigned width, unsigned height) {
  struct picture small = *screen;
  if (width > screen->width) width = screen->width;
  if (height > screen->height) height = screen->height;
  // The side that has to shrink more decides: width / screen width < height / screen height, without fractions.
  if ((uint64_t)width * screen->height < (uint64_t)height * screen->width)
    height = at_least_1((uint64_t)screen->height * width / screen->width);
  else
    width = at_least_1((uint64_t)screen->width * height / screen->height);
  if (width >= screen->width || height >= screen->height) return small;
  small.width = width;
  small.height = height;
  small.pixels = malloc((size_t)width * height * 4);
  if (small.pixels == NULL) fail("memory", "there is none left");
  for (unsigned y = 0; y < height; y++) {
    unsigned first = (uint64_t)y * screen->height / height, last = (uint64_t)(y + 1) * screen->height / height;
    for (unsigned x = 0; x < width; x++) {
      unsigned left = (uint64_t)x * screen->width / width, right = (uint64_t)(x + 1) * screen->width / width;
      // Red and blue in one sum, with 32 bits for each.
      uint64_t red_blue = 0, green = 0, count = (uint64_t)(right - left) * (last - first);
      for (unsigned row = first; row < last; row++) {
        const uint32_t *line = screen->pixels + (size_t)row * screen->width;
        for (unsigned column = left; column < right; column++) {
          uint32_t pixel = line[column];
          red_blue += (uint64_t)(pixel & 0xff0000) << 16 | (pixel & 0xff);
          green += pixel & 0xff00;
        }
      }
      uint64_t red = (red_blue >> 32) / count, blue = (red_blue & 0xffffffff) / count;
      small.pixels[(size_t)y * width + x] = red << 16 | ((green >> 8) / count) << 8 | blue;
    }
  }
  return small;
}

static unsigned long encode(const struct picture *picture, int quality, int across, int down, unsigned char **jpeg) {
  static struct compress compress;
  static char error[ERROR_SIZE];
  unsigned long length = 0;
  void *from = library("libjpeg.so.62");
  std_error = function(from, "jpeg_std_error");
  create_compress = function(from, "jpeg_CreateCompress");
  mem_dest = function(from, "jpeg_mem_dest");
  set_defaults = function(from, "jpeg_set_defaults");
  set_quality = function(from, "jpeg_set_quality");
  start_compress = function(from, "jpeg_start_compress");
  write_scanlines = function(from, "jpeg_write_scanlines");
  finish_compress = function(from, "jpeg_finish_compress");
  // Says what is wrong on stderr and ends the process.
  compress.error = std_error(error);
  create_compress(&compress, VERSION, COMPRESS_SIZE);
  mem_dest(&compress, jpeg, &length);
  compress.width = picture->width;
  compress.height = picture->height;
  compress.components = 4;
  compress.colours = BGRX;
  set_defaults(&compress);
  set_quality(&compress, quality, 1);
  compress.component[0].across = across;
  compress.component[0].down = down;
  start_compress(&compress, 1);
  for (unsigned y = 0; y < picture->height; y++) {
    unsigned char *row = (unsigned char *)(picture->pixels + (size_t)y * picture->width);
    write_scanlines(&compress, &row, 1);
  }
  finish_compress(&compress);
  return length;
}

static void write_all(const void *bytes, size_t length) {
  for (const char *at = bytes; length > 0;) {
    ssize_t written = write(STDOUT_FILENO, at, length);
    if (written <= 0) exit(0);
    at += written;
    length -= written;
  }
}

int main(int count, char **arguments) {
  int given[6] = {0};
  for (int i = 1; i < 6 && i < count; i++) given[i] = atoi(arguments[i]);
  for (int i = 1; i < 6; i++)
    if (given[i] <= 0 || count > 7) fail("usage", "screenshot WIDTH HEIGHT QUALITY ACROSS DOWN [HASH]");
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  struct picture screen = read_screen();
  char head[32], seen[17];
  unsigned char *jpeg = NULL;
  unsigned long length = 0;
  snprintf(seen, sizeof seen, "%016llx", (unsigned long long)hash(&screen));
  if (count < 7 || strcmp(arguments[6], seen) != 0) {
    struct picture wanted = shrink(&screen, given[1], given[2]);
    length = encode(&wanted, given[3], given[4], given[5], &jpeg);
  }
  snprintf(head, sizeof head, "%s%08lx", seen, length);
  write_all(head, 24);
  write_all(jpeg, length);
  return 0;
}
