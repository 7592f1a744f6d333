/**
 * Makes a JSON line of the supervisor's log readable; other lines stay as they are. Control characters are escaped, so
 * that the output of a service cannot control the reader's terminal.
 */
export function renderLogLine(line: string): string {
  return render(line, (time, level) => `${time.slice(11, 23)} ${level === "info" ? "" : `${level} `}`);
}

/** The same for a file, which is searched later: with the date, and a level in each line. */
export function renderFileLine(line: string): string {
  return render(line, (time, level) => `${time} ${LEVELS[level] ?? level} `);
}

/** As people and other programs' logs write them. */
const LEVELS: Readonly<Record<string, string>> = { info: "INFO", warn: "WARNING", error: "ERROR" };

type RenderHead = (time: string, level: string) => string;

function render(line: string, head: RenderHead): string {
  return escapeControls(renderRecord(line, head));
}

function renderRecord(line: string, head: RenderHead): string {
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
    const said = [...words, ...more].filter(Boolean).join(" ");
    return [`${head(String(time), String(level))}${said}`, ...quoted.map((line) => `  ${line}`)].join("\n");
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
