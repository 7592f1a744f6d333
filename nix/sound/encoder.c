// sound-encoder opus|mp2: what the desktop plays, encoded as it comes, until it is ended.
//
// Records PulseAudio's default sink and writes a record to stdout for each encoded frame: its length (2 bytes) and the
// time in microseconds at which it began since the recording did (8 bytes), both with the high byte first, then the
// frame. `opus` is 48 kHz stereo in frames of 10 ms, `mp2` 44.1 kHz mono at 128 kbit/s in frames of 26 ms. Opus frames
// of silence that lasts are left out: a desktop that is quiet costs nothing.
//
// The libraries are in every image, as parts of other programs; they are loaded by name, because no headers of theirs
// are among the build tools.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LARGEST_FRAME = 4096, HEADER = 10, LONGEST_BLOCK = 1152 };

// From pulse/simple.h, pulse/sample.h and pulse/def.h.
struct sample_spec { int format; uint32_t rate; uint8_t channels; };
struct buffer_attr { uint32_t maxlength, tlength, prebuf, minreq, fragsize; };
enum { SAMPLE_S16LE = 3, STREAM_RECORD = 2 };
static void *(*simple_new)(const char *, const char *, int, const char *, const char *, const struct sample_spec *,
                           const void *, const struct buffer_attr *, int *);
static int (*simple_read)(void *, void *, size_t, int *);
static const char *(*pulse_strerror)(int);

// From opus/opus.h and opus_defines.h.
enum { RESTRICTED_LOWDELAY = 2051, SET_BITRATE = 4002, SET_COMPLEXITY = 4010 };
static void *(*opus_create)(int32_t, int, int, int *);
static int (*opus_ctl)(void *, int, ...);
static int32_t (*opus_encode)(void *, const int16_t *, int, unsigned char *, int32_t);

// From twolame.h.
enum { MODE_MONO = 3 };
static void *(*twolame_init)(void);
static int (*twolame_set_num_channels)(void *, int), (*twolame_set_in_samplerate)(void *, int);
static int (*twolame_set_out_samplerate)(void *, int), (*twolame_set_mode)(void *, int);
static int (*twolame_set_bitrate)(void *, int), (*twolame_init_params)(void *);
static int (*twolame_encode)(void *, const int16_t *, int, unsigned char *, int);

struct format {
  const char *name;
  uint32_t rate, channels, block;  // samples of a channel that make a frame
  void *(*open)(void);
  int (*encode)(void *, const int16_t *, unsigned char *);
  uint32_t quiet;  // blocks of silence after which silence is left out; 0: never
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

static void *open_opus(void) {
  void *opus = library("libopus.so.0");
  int error = 0;
  opus_create = function(opus, "opus_encoder_create");
  opus_ctl = function(opus, "opus_encoder_ctl");
  opus_encode = function(opus, "opus_encode");
  void *encoder = opus_create(48000, 2, RESTRICTED_LOWDELAY, &error);
  if (encoder == NULL) fail("opus_encoder_create", "no encoder");
  opus_ctl(encoder, SET_BITRATE, 128000);
  opus_ctl(encoder, SET_COMPLEXITY, 5);
  return encoder;
}

static int encode_opus(void *encoder, const int16_t *samples, unsigned char *frame) {
  return opus_encode(encoder, samples, 480, frame, LARGEST_FRAME);
}

static void *open_mp2(void) {
  void *mp2 = library("libtwolame.so.0");
  twolame_init = function(mp2, "twolame_init");
  twolame_set_num_channels = function(mp2, "twolame_set_num_channels");
  twolame_set_in_samplerate = function(mp2, "twolame_set_in_samplerate");
  twolame_set_out_samplerate = function(mp2, "twolame_set_out_samplerate");
  twolame_set_mode = function(mp2, "twolame_set_mode");
  twolame_set_bitrate = function(mp2, "twolame_set_bitrate");
  twolame_init_params = function(mp2, "twolame_init_params");
  twolame_encode = function(mp2, "twolame_encode_buffer_interleaved");
  void *encoder = twolame_init();
  if (encoder == NULL) fail("twolame_init", "no encoder");
  twolame_set_num_channels(encoder, 1);
  twolame_set_in_samplerate(encoder, 44100);
  twolame_set_out_samplerate(encoder, 44100);
  twolame_set_mode(encoder, MODE_MONO);
  twolame_set_bitrate(encoder, 128);
  if (twolame_init_params(encoder) != 0) fail("twolame_init_params", "no encoder");
  return encoder;
}

static int encode_mp2(void *encoder, const int16_t *samples, unsigned char *frame) {
  return twolame_encode(encoder, samples, 1152, frame, LARGEST_FRAME);
}

static const struct format FORMATS[] = {
    {"opus", 48000, 2, 480, open_opus, encode_opus, 50},
    {"mp2", 44100, 1, 1152, open_mp2, encode_mp2, 0},
};

static void *record(const struct format *format) {
  void *simple = library("libpulse-simple.so.0");
  simple_new = function(simple, "pa_simple_new");
  simple_read = function(simple, "pa_simple_read");
  pulse_strerror = function(library("libpulse.so.0"), "pa_strerror");
  struct sample_spec spec = {SAMPLE_S16LE, format->rate, format->channels};
  uint32_t second = format->rate * format->channels * 2;
  // PulseAudio then mixes every 10 ms, and forgets what is not fetched within 200 ms.
  struct buffer_attr attr = {second / 5, -1, -1, -1, second / 100};
  int error = 0;
  void *stream = simple_new(NULL, "kasmix", STREAM_RECORD, "@DEFAULT_MONITOR@", "listeners", &spec, NULL, &attr, &error);
  if (stream == NULL) fail("PulseAudio", pulse_strerror(error));
  return stream;
}

static int is_silent(const int16_t *samples, size_t count) {
  while (count > 0 && samples[count - 1] == 0) count--;
  return count == 0;
}

static void write_record(unsigned char *out, int length, uint64_t time) {
  out[0] = length >> 8;
  out[1] = length;
  for (int i = 0; i < 8; i++) out[2 + i] = time >> (56 - 8 * i);
  // Shorter than what a pipe takes at once.
  if (write(STDOUT_FILENO, out, HEADER + length) != HEADER + length) exit(0);
}

int main(int count, char **arguments) {
  static int16_t samples[LONGEST_BLOCK * 2];
  static unsigned char out[HEADER + LARGEST_FRAME];
  const struct format *format = NULL;
  for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
    if (count == 2 && strcmp(arguments[1], FORMATS[i].name) == 0) format = &FORMATS[i];
  if (format == NULL) fail("usage", "sound-encoder opus|mp2");
  // Silence is not written, so a reader that is gone would not be noticed.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  void *encoder = format->open();
  void *stream = record(format);
  size_t values = format->block * format->channels;
  uint32_t quiet = 0;
  for (uint64_t position = 0;; position += format->block) {
    int error = 0;
    if (simple_read(stream, samples, values * 2, &error) < 0) fail("PulseAudio", pulse_strerror(error));
    quiet = is_silent(samples, values) ? quiet + 1 : 0;
    if (format->quiet > 0 && quiet > format->quiet) continue;
    int length = format->encode(encoder, samples, out + HEADER);
    if (length < 0) fail("encoder", "no frame");
    if (length > 0) write_record(out, length, position * 1000000 / format->rate);
  }
}
