// sound-encoder opus|mp2: encodes what the desktop plays, until it is killed.
//
// Records PulseAudio's default sink and writes a record to stdout for each encoded frame: its length (2 bytes) and its
// start in microseconds since the recording began (8 bytes), both with the high byte first, then the frame. `opus` is
// 48 kHz stereo in frames of 10 ms, `mp2` 44.1 kHz mono at 128 kbit/s in frames of 26 ms. Opus frames of lasting
// silence are left out: a quiet desktop costs nothing.

#define _GNU_SOURCE
#include <opus/opus.h>
#include <pulse/error.h>
#include <pulse/simple.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <twolame.h>
#include <unistd.h>

enum { LARGEST_FRAME = 4096, HEADER = 10, LONGEST_BLOCK = 1152 };

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

static void *open_opus(void) {
  int error = 0;
  OpusEncoder *encoder = opus_encoder_create(48000, 2, OPUS_APPLICATION_RESTRICTED_LOWDELAY, &error);
  if (encoder == NULL) fail("opus_encoder_create", opus_strerror(error));
  opus_encoder_ctl(encoder, OPUS_SET_BITRATE(128000));
  opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(5));
  return encoder;
}

static int encode_opus(void *encoder, const int16_t *samples, unsigned char *frame) {
  return opus_encode(encoder, samples, 480, frame, LARGEST_FRAME);
}

static void *open_mp2(void) {
  twolame_options *encoder = twolame_init();
  if (encoder == NULL) fail("twolame_init", "no encoder");
  twolame_set_num_channels(encoder, 1);
  twolame_set_in_samplerate(encoder, 44100);
  twolame_set_out_samplerate(encoder, 44100);
  twolame_set_mode(encoder, TWOLAME_MONO);
  twolame_set_bitrate(encoder, 128);
  if (twolame_init_params(encoder) != 0) fail("twolame_init_params", "no encoder");
  return encoder;
}

static int encode_mp2(void *encoder, const int16_t *samples, unsigned char *frame) {
  return twolame_encode_buffer_interleaved(encoder, samples, 1152, frame, LARGEST_FRAME);
}

static const struct format FORMATS[] = {
    {"opus", 48000, 2, 480, open_opus, encode_opus, 50},
    {"mp2", 44100, 1, 1152, open_mp2, encode_mp2, 0},
};

static pa_simple *record(const struct format *format) {
  pa_sample_spec spec = {PA_SAMPLE_S16LE, format->rate, format->channels};
  uint32_t second = format->rate * format->channels * 2;
  // With these PulseAudio mixes every 10 ms, and drops what is not fetched within 200 ms.
  pa_buffer_attr attributes = {second / 5, -1, -1, -1, second / 100};
  int error = 0;
  pa_simple *stream = pa_simple_new(NULL, "kasmix", PA_STREAM_RECORD, "@DEFAULT_MONITOR@", "listeners", &spec, NULL,
                                    &attributes, &error);
  if (stream == NULL) fail("PulseAudio", pa_strerror(error));
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
  // A record is short enough for a pipe to take it at once.
  if (write(STDOUT_FILENO, out, HEADER + length) != HEADER + length) exit(0);
}

int main(int count, char **arguments) {
  static int16_t samples[LONGEST_BLOCK * 2];
  static unsigned char out[HEADER + LARGEST_FRAME];
  const struct format *format = NULL;
  for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
    if (count == 2 && strcmp(arguments[1], FORMATS[i].name) == 0) format = &FORMATS[i];
  if (format == NULL) fail("usage", "sound-encoder opus|mp2");
  // Silence is not written, so a closed pipe would not be noticed.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  void *encoder = format->open();
  pa_simple *stream = record(format);
  size_t values = format->block * format->channels;
  uint32_t quiet = 0;
  for (uint64_t position = 0;; position += format->block) {
    int error = 0;
    if (pa_simple_read(stream, samples, values * 2, &error) < 0) fail("PulseAudio", pa_strerror(error));
    quiet = is_silent(samples, values) ? quiet + 1 : 0;
    if (format->quiet > 0 && quiet > format->quiet) continue;
    int length = format->encode(encoder, samples, out + HEADER);
    if (length < 0) fail("encoder", "no frame");
    if (length > 0) write_record(out, length, position * 1000000 / format->rate);
  }
}
