// hide-secrets [--hand-over] PROGRAM [ARGUMENT...]: runs a program without the secrets in its environment, which every
// process of the same user may read (/proc/PID/environ).
//
// With --hand-over, at the start of the container, the program gets them through a pipe, whose descriptor
// KASMIX_SECRETS_FD names; the pipe is empty once they are read. The program and its children are started with a library
// that hides their memory and descriptors from the other processes of the user.
//
// The file has mode 0111: what nobody may read, the kernel does not show to anybody while it runs. So no other process
// sees the environment before the secrets are out of it.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// As in src/runtime/boot/secrets.ts.
static const char *const secrets[] = {"VNC_PW", "VNC_VIEW_ONLY_PW", "URL_LAUNCHER_TOKEN"};
enum { COUNT = sizeof secrets / sizeof *secrets };

static const char library[] = "/opt/kasmix/undumpable.so";

static void complain(const char *what) { fprintf(stderr, "hide-secrets: %s: %s\n", what, strerror(errno)); }

// Returns a pipe that holds NAME=VALUE and a 0 byte for each secret that is set; -1 if it cannot hold them.
static int fill_pipe(void) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  // A pipe holds 64 KiB, or as much as the user may have if that fails.
  fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  for (int i = 0; i < COUNT; i++) {
    const char *value = getenv(secrets[i]);
    if (value == NULL) continue;
    if (dprintf(ends[1], "%s=%s%c", secrets[i], value, 0) != (int)(strlen(secrets[i]) + strlen(value) + 2)) return -1;
  }
  close(ends[1]);
  return ends[0];
}

// Returns 0 if the secrets have to stay in the environment, because otherwise they would be lost.
static int hand_over(void) {
  char number[12], libraries[4096];
  const char *others = getenv("LD_PRELOAD");
  int end = fill_pipe();
  if (end < 0) {
    complain("the passwords stay in the environment, where programs on the desktop can read them: no pipe");
    return 0;
  }
  snprintf(number, sizeof number, "%d", end);
  setenv("KASMIX_SECRETS_FD", number, 1);
  snprintf(libraries, sizeof libraries, "%s%s%s", library, others ? ":" : "", others ? others : "");
  setenv("LD_PRELOAD", libraries, 1);
  return 1;
}

int main(int count, char **arguments) {
  char **command = arguments + 1;
  int is_start = count > 1 && strcmp(*command, "--hand-over") == 0;
  if (is_start) command++;
  if (*command == NULL) {
    fputs("usage: hide-secrets [--hand-over] PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  if (!is_start || hand_over())
    for (int i = 0; i < COUNT; i++) unsetenv(secrets[i]);
  execvp(*command, command);
  complain(*command);
  return 127;
}
