/*
 * Answers a gamepad's ioctl requests: a wired Xbox 360 controller, which every game knows, and what is held. The
 * supervisor has the other half of this table, in src/runtime/gamepad/layout.ts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/joystick.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "devices.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char NAME[] = "Microsoft X-Box 360 pad";
static const struct input_id ID = {BUS_USB, 0x045e, 0x028e, 0x0114};
static const unsigned short BUTTONS[] = {BTN_A,      BTN_B,     BTN_X,    BTN_Y,      BTN_TL,    BTN_TR,
                                         BTN_SELECT, BTN_START, BTN_MODE, BTN_THUMBL, BTN_THUMBR};
static const unsigned char AXES[] = {ABS_X, ABS_Y, ABS_Z, ABS_RX, ABS_RY, ABS_RZ, ABS_HAT0X, ABS_HAT0Y};

/* The file that the supervisor keeps: bits of BUTTONS, values of AXES. */
struct held {
  unsigned int buttons;
  int axes[COUNT(AXES)];
};

/* Records from the program to the supervisor beside EV_FF, with these types. */
#define UPLOAD 0x100 /* code: effect; time: strength of both motors, length and delay in milliseconds */
#define REMOVE 0x101 /* code: effect */
#define CLOCK 0x102  /* value: clock of the events' times */
#define EFFECTS 16

static int fail(int error) { return errno = error, -1; }

/* Copies as much as fits, as the kernel does, and returns how much. */
static int give(void *to, size_t room, const void *from, size_t size) {
  size_t given = size < room ? size : room;
  memcpy(to, from, given);
  return given;
}

static void set_bit(unsigned char *bits, int bit) { bits[bit / 8] |= 1 << bit % 8; }

static struct held held_by(const struct pad *pad) {
  struct held held = {0};
  int fd = open(pad->state, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return held;
  if (read(fd, &held, sizeof held) != sizeof held) memset(&held, 0, sizeof held);
  close(fd);
  return held;
}

/* Which types of events there are, or which codes of a type. */
static int capabilities(int type, void *to, size_t room) {
  unsigned char bits[KEY_CNT / 8] = {0};
  size_t size = type == EV_KEY ? KEY_CNT / 8 : 8;
  size_t i;
  if (type == 0) {
    set_bit(bits, EV_SYN);
    set_bit(bits, EV_KEY);
    set_bit(bits, EV_ABS);
    set_bit(bits, EV_FF);
  } else if (type == EV_KEY) {
    for (i = 0; i < COUNT(BUTTONS); i++) set_bit(bits, BUTTONS[i]);
  } else if (type == EV_ABS) {
    for (i = 0; i < COUNT(AXES); i++) set_bit(bits, AXES[i]);
  } else if (type == EV_FF) {
    size = FF_CNT / 8;
    set_bit(bits, FF_RUMBLE);
  }
  return give(to, room, bits, size);
}

static int held_buttons(const struct pad *pad, void *to, size_t room) {
  unsigned char bits[KEY_CNT / 8] = {0};
  struct held held = held_by(pad);
  for (size_t i = 0; i < COUNT(BUTTONS); i++)
    if (held.buttons >> i & 1) set_bit(bits, BUTTONS[i]);
  return give(to, room, bits, sizeof bits);
}

static int axis(const struct pad *pad, int code, void *to, size_t room) {
  struct held held = held_by(pad);
  for (size_t i = 0; i < COUNT(AXES); i++) {
    if (AXES[i] != code) continue;
    struct input_absinfo stick = {held.axes[i], -32768, 32767, 16, 128};
    struct input_absinfo trigger = {held.axes[i], 0, 255};
    struct input_absinfo hat = {held.axes[i], -1, 1};
    int is_trigger = code == ABS_Z || code == ABS_RZ;
    give(to, room, code >= ABS_HAT0X ? &hat : is_trigger ? &trigger : &stick, sizeof stick);
    return 0;
  }
  return fail(EINVAL);
}

static int order(int fd, struct input_event record) {
  return kasmix_tell(fd, &record, sizeof record) == sizeof record ? 0 : -1;
}

/* Effects are numbered here, without an answer to wait for; when a program takes too many, numbers are used again. */
static int upload(int fd, struct ff_effect *effect) {
  static unsigned int taken;
  if (effect->type != FF_RUMBLE) return fail(EINVAL);
  if (effect->id >= EFFECTS) return fail(EINVAL);
  if (effect->id < 0) effect->id = taken++ % EFFECTS;
  unsigned short terms[] = {effect->u.rumble.strong_magnitude, effect->u.rumble.weak_magnitude, effect->replay.length,
                            effect->replay.delay};
  struct input_event record = {.type = UPLOAD, .code = effect->id};
  memcpy(&record.time, terms, sizeof terms);
  return order(fd, record);
}

int kasmix_control_events(int fd, const struct pad *pad, unsigned long request, void *argument) {
  static const int version = 0x010001, effects = EFFECTS;
  static const unsigned char none[KEY_CNT / 8];
  size_t room = _IOC_SIZE(request);
  int number = _IOC_NR(request);
  char place[32];
  switch (number) {
    case _IOC_NR(EVIOCGVERSION): return give(argument, room, &version, sizeof version), 0;
    case _IOC_NR(EVIOCGID): return give(argument, room, &ID, sizeof ID), 0;
    case _IOC_NR(EVIOCGNAME(0)): return give(argument, room, NAME, sizeof NAME);
    case _IOC_NR(EVIOCGPHYS(0)):
      snprintf(place, sizeof place, "kasmix/input%d", pad->number);
      return give(argument, room, place, strlen(place) + 1);
    case _IOC_NR(EVIOCGUNIQ(0)): return fail(ENOENT);
    case _IOC_NR(EVIOCGKEY(0)): return held_buttons(pad, argument, room);
    case _IOC_NR(EVIOCGPROP(0)):
    case _IOC_NR(EVIOCGLED(0)):
    case _IOC_NR(EVIOCGSND(0)):
    case _IOC_NR(EVIOCGSW(0)): return give(argument, room, none, 8);
    case _IOC_NR(EVIOCSFF): return upload(fd, argument);
    case _IOC_NR(EVIOCRMFF): return order(fd, (struct input_event){.type = REMOVE, .code = (size_t)argument});
    case _IOC_NR(EVIOCGEFFECTS): return give(argument, room, &effects, sizeof effects), 0;
    case _IOC_NR(EVIOCGRAB): return 0;
    case _IOC_NR(EVIOCSCLOCKID): return order(fd, (struct input_event){.type = CLOCK, .value = *(int *)argument});
  }
  if (number >= _IOC_NR(EVIOCGBIT(0, 0)) && number <= _IOC_NR(EVIOCGBIT(EV_MAX, 0)))
    return capabilities(number - _IOC_NR(EVIOCGBIT(0, 0)), argument, room);
  if (number >= _IOC_NR(EVIOCGABS(0)) && number <= _IOC_NR(EVIOCGABS(ABS_MAX)))
    return axis(pad, number - _IOC_NR(EVIOCGABS(0)), argument, room);
  return fail(EINVAL);
}

int kasmix_control_joystick(unsigned long request, void *argument) {
  static const int version = JS_VERSION;
  static const unsigned char axes = COUNT(AXES), buttons = COUNT(BUTTONS);
  static const struct js_corr corrections[COUNT(AXES)];
  size_t room = _IOC_SIZE(request);
  switch (_IOC_NR(request)) {
    case _IOC_NR(JSIOCGVERSION): return give(argument, room, &version, sizeof version), 0;
    case _IOC_NR(JSIOCGAXES): return give(argument, room, &axes, 1), 0;
    case _IOC_NR(JSIOCGBUTTONS): return give(argument, room, &buttons, 1), 0;
    case _IOC_NR(JSIOCGNAME(0)): return give(argument, room, NAME, sizeof NAME);
    case _IOC_NR(JSIOCGAXMAP): return give(argument, room, AXES, sizeof AXES);
    case _IOC_NR(JSIOCGBTNMAP): return give(argument, room, BUTTONS, sizeof BUTTONS);
    /* The size in the request is that of one. */
    case _IOC_NR(JSIOCGCORR): return give(argument, sizeof corrections, corrections, sizeof corrections), 0;
    case _IOC_NR(JSIOCSCORR): return 0; /* There is no noise to correct. */
  }
  return fail(EINVAL);
}
