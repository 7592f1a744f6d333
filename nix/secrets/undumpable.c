// A library for LD_PRELOAD: other processes of the same user cannot read the memory, the environment and the descriptors
// of a program that has it, nor trace it. tini and Node.js have no other way to ask for that. A program that they start is
// not hidden, unless it has the library too.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/prctl.h>

typedef int main_function(int, char **, char **);
typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

// Every program calls this to reach its main. A constructor would do, but tcc does not know them.
int __libc_start_main(main_function *main, int count, char **arguments, void (*init)(void), void (*fini)(void),
                      void (*loader_fini)(void), void *stack_end) {
  start_function *start = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");
  prctl(PR_SET_DUMPABLE, 0);
  return start(main, count, arguments, init, fini, loader_fini, stack_end);
}
