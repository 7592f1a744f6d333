/*
 * What the parts of the library share; see paths.c, gamepad.c and camera.c. The prefix of the names avoids clashes with
 * those of programs that load the library.
 */
#include <sys/types.h>

/* A descriptor that stands for a gamepad: the program's end of a connection to the supervisor. */
struct pad {
  int joydev; /* whether it is a js and not an event device */
  int number;
  char state[160]; /* path of the file with what is held */
};

/* Whether a descriptor is a gamepad's, and which. Leaves errno alone. */
int kasmix_pad_of(int fd, struct pad *pad);

/* Sends a record to the supervisor, as a write to a device does: ENODEV instead of a signal when it is unplugged. */
ssize_t kasmix_tell(int fd, const void *record, size_t size);

int kasmix_control_events(int fd, const struct pad *pad, unsigned long request, void *argument);
int kasmix_control_joystick(unsigned long request, void *argument);

/* A request to a camera's descriptor, and the memory of one of its pictures. */
int kasmix_control_camera(int fd, unsigned long request, void *argument);
void *kasmix_map_camera(int fd, size_t size, int protection, off_t offset);
