/**
 * Makes a JSON line of the supervisor's log readable; other lines stay as they are. Control characters are escaped, so
 * that the output of a service cannot control the reader's terminal.
 */
export function renderLogLine(line: string): string {
  return escapeControls(renderRecord(line));
}

function renderRecord(line: string): string {
  try {
    const { time, level, service, event, line: text, stream: _stream, ...rest } = JSON.parse(line);
    const { from, to, message, ...fields } = rest;
    // In a record of dropped lines it is their number.
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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are to be escaped
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
