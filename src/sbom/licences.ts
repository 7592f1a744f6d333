/**
 * Licences that a Debian copyright file names, sorted, each once, verbatim: `Expat`, `GPL-2+ or Artistic`. Only the
 * machine-readable format 1.0 is read. For free text the list is empty: a wrong guess is worse than none.
 */
export function licencesIn(copyright: string): string[] {
  if (!/^Format(-Specification)?:/im.test(copyright.slice(0, 2000))) return [];
  const names = [...copyright.matchAll(/^License:[ \t]*(\S.*?)[ \t]*$/gim)].map(([, name = ""]) => name);
  return [...new Set(names)].sort();
}
