// screenshot WIDTH HEIGHT QUALITY ACROSS DOWN [HASH]: the desktop as a JPEG, as large as fits into WIDTH x HEIGHT.
//
// Reads the root window of $DISPLAY without the mouse pointer and shrinks it where it has to; it never enlarges it.
// QUALITY is libjpeg's, 1 to 100; ACROSS and DOWN say how many pixels share a colour (1 1, 2 1, 2 2). Writes to
// stdout a hash of the picture (16 hexadecimal digits), how many bytes follow (8 more), and these bytes, the JPEG. When
// HASH is the picture's, the caller has it already: no bytes follow.
//
// A process of its own, so that neither the memory nor the time it takes is the gateway's.

#define _GNU_SOURCE
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <jpeglib.h>  // needs stdio.h before it

struct picture {
  unsigned width, height;
  uint32_t *pixels;  // blue first; the fourth byte means nothing
};

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

static struct picture read_screen(void) {
  Display *display = XOpenDisplay(NULL);
  if (display == NULL) fail("X server", "it does not answer, or it refuses the connection");
  struct picture screen;
  Window root = DefaultRootWindow(display);
  unsigned border, depth;
  int left, top;
  // The screen must not change its size between the two questions. The grab ends with the connection.
  XGrabServer(display);
  if (!XGetGeometry(display, root, &root, &left, &top, &screen.width, &screen.height, &border, &depth))
    fail("XGetGeometry", "no answer");
  XImage *image = XGetImage(display, root, 0, 0, screen.width, screen.height, AllPlanes, ZPixmap);
  if (image == NULL) fail("XGetImage", "no picture");
  if (image->bits_per_pixel != 32 || image->red_mask != 0xff0000 || image->blue_mask != 0xff ||
      image->byte_order != LSBFirst || image->bytes_per_line != (int)screen.width * 4)
    fail("XGetImage", "the depth of the screen is not 24");
  screen.pixels = (uint32_t *)image->data;
  return screen;
}

// Tells changed pictures apart; it is not cryptographic.
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
  if (small.pixels == NULL) fail("memory", "out of memory");
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
  struct jpeg_compress_struct compress;
  struct jpeg_error_mgr errors;
  unsigned long length = 0;
  // Prints an error to stderr and ends the process.
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  jpeg_mem_dest(&compress, jpeg, &length);
  compress.image_width = picture->width;
  compress.image_height = picture->height;
  compress.input_components = 4;
  compress.in_color_space = JCS_EXT_BGRX;
  jpeg_set_defaults(&compress);
  jpeg_set_quality(&compress, quality, TRUE);
  compress.comp_info[0].h_samp_factor = across;
  compress.comp_info[0].v_samp_factor = down;
  jpeg_start_compress(&compress, TRUE);
  for (unsigned y = 0; y < picture->height; y++) {
    unsigned char *row = (unsigned char *)(picture->pixels + (size_t)y * picture->width);
    jpeg_write_scanlines(&compress, &row, 1);
  }
  jpeg_finish_compress(&compress);
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
