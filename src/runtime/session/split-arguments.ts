/**
 * Splits a command line as a shell does: at blanks, except in quotes and after backslashes. Nothing is expanded. An
 * unclosed quote ends at the end of the text.
 */
export function splitArguments(text: string): string[] {
  const words = text.matchAll(/(?:"(?:\\.|[^"\\])*"?|'[^']*'?|\\.|[^\s"'\\])+/gs);
  return [...words].map(([word]) => unquote(word));
}

function unquote(word: string): string {
  return word.replace(
    /"((?:\\.|[^"\\])*)"?|'([^']*)'?|\\(.)/gs,
    (_, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
      double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? escaped ?? "",
  );
}
