/** The destination of a request to the proxy. */
export interface Target {
  /** As in `new URL`: addresses in canonical form, IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

/** The destination of a request for http://. */
export interface HttpTarget extends Target {
  /** Value of the Host header. */
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
}

/** Reads the target of a request to a proxy, "http://host:port/path"; undefined when it is invalid. */
export function readAbsolute(target: string): HttpTarget | undefined {
  if (!/^http:\/\/[^\\\s]+$/i.test(target) || !URL.canParse(target)) return undefined;
  const { hostname, port, host, pathname, search, username, password } = new URL(target);
  if (username !== "" || password !== "") return undefined;
  return { host: hostname, port: port === "" ? 80 : Number(port), authority: host, path: pathname + search };
}

/** Reads the target of CONNECT, "host:port"; undefined when it is invalid. */
export function readAuthority(target: string): Target | undefined {
  const [, host = "", port] = /^(\[[0-9a-f:.]+\]|[^\s/?#@\\:[\]]+):(\d{1,5})$/i.exec(target) ?? [];
  const number = Number(port);
  if (!(number <= 65_535) || !URL.canParse(`http://${host}/`)) return undefined;
  return { host: new URL(`http://${host}/`).hostname, port: number };
}
