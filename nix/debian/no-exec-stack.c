// no-exec-stack LIBRARY: says in the library that it needs no executable stack. tcc says nothing, and then glibc makes the
// stack of every program executable that the library is loaded into at its start, and loads it into none later.
//
// The program headers are copied to the end of the file, with one more. The loader reads those of a library from there.

#include <elf.h>
#include <stdio.h>

static int fail(const char *what) {
  perror(what);
  return 1;
}

int main(int count, char **arguments) {
  Elf64_Ehdr head;
  Elf64_Phdr headers[16];
  FILE *library = count == 2 ? fopen(arguments[1], "r+b") : NULL;
  if (library == NULL || fread(&head, sizeof head, 1, library) != 1) return fail("library");
  if (head.e_phnum >= 16 || fseek(library, head.e_phoff, SEEK_SET) != 0) return fail("headers");
  if (fread(headers, sizeof *headers, head.e_phnum, library) != head.e_phnum) return fail("headers");
  headers[head.e_phnum++] = (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W, .p_align = 16};
  fseek(library, 0, SEEK_END);
  while (ftell(library) % 8 != 0) fputc(0, library);
  head.e_phoff = ftell(library);
  if (fwrite(headers, sizeof *headers, head.e_phnum, library) != head.e_phnum) return fail("write");
  rewind(library);
  if (fwrite(&head, sizeof head, 1, library) != 1 || fclose(library) != 0) return fail("write");
  return 0;
}
