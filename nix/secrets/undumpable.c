// A library for LD_PRELOAD: other processes of the same user cannot read the memory, the environment and the descriptors
// of a program that has it, nor trace it. The entrypoint has no other way to ask for that. A program that it starts is not
// hidden, unless it has the library too.

#include <sys/prctl.h>

__attribute__((constructor)) static void hide(void) { prctl(PR_SET_DUMPABLE, 0); }
