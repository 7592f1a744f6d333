/**
 * Licences that a Debian copyright file names, sorted, each once and word for word: `Expat`, `GPL-2+ or Artistic`. Only
 * the machine-readable format 1.0 is read; for free text the list is empty, as guessing is worse than not knowing.
 */
export function licencesIn(copyright: string): string[] {
  if (!/^Format(-Specification)?:/im.test(copyright.slice(0, 2000))) return [];
  const names = [...copyright.matchAll(/^License:[ \t]*(\S.*?)[ \t]*$/gim)].map(([, name = ""]) => name);
  return [...new Set(names)].sort();
}
