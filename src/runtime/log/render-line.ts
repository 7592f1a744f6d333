/**
 * A line of the supervisor's log for people: it is JSON, one object a line. Other lines stay as they are, but for
 * control characters: what a service writes must not move the cursor of the reader's terminal or set its title.
 */
export function renderLogLine(line: string): string {
  return escapeControls(renderRecord(line));
}

function renderRecord(line: string): string {
  try {
    const { time, level, service, event, line: text, stream: _stream, ...rest } = JSON.parse(line);
    const { from, to, message, ...fields } = rest;
    // Where lines were left out, it is their number.
    const quoted: string[] = Array.isArray(fields.lines) ? fields.lines : [];
    const change = from !== undefined && to !== undefined;
    const words = [
      change ? "" : event,
      service && `${service}:`,
      change && `${from} -> ${to}`,
      text,
      message,
    ];
    const more = Object.entries(fields)
      .filter(([, value]) => value !== quoted)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const head = [String(time).slice(11, 23), level === "info" ? "" : level, ...words, ...more];
    return [head.filter(Boolean).join(" "), ...quoted.map((said) => `  ${said}`)].join("\n");
  } catch {
    return line;
  }
}

function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
