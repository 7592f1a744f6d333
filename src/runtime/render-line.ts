/** A line of the supervisor's log for people: it is JSON, one object a line. Other lines stay as they are. */
export function renderLogLine(line: string): string {
  try {
    const { time, level, service, event, line: text, stream: _stream, ...rest } = JSON.parse(line);
    const { from, to, message, lines = [], ...fields } = rest;
    const change = from !== undefined && to !== undefined;
    const words = [
      change ? "" : event,
      service && `${service}:`,
      change && `${from} -> ${to}`,
      text,
      message,
    ];
    const more = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const head = [String(time).slice(11, 23), level === "info" ? "" : level, ...words, ...more];
    return [head.filter(Boolean).join(" "), ...lines.map((said: string) => `  ${said}`)].join("\n");
  } catch {
    return line;
  }
}
