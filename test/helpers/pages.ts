import type { TestContainer } from "./container.ts";

/** A page of a browser, from its debugger. */
export interface BrowserPage {
  readonly id: string;
  readonly title: string;
}

/** The pages of a container's browser; the launcher controls the first one. */
export async function pagesOf(container: TestContainer, cdpPort = 9222): Promise<BrowserPage[]> {
  // The debugger listens inside the container only.
  const ask = `fetch('http://127.0.0.1:${cdpPort}/json/list').then(async (r) => console.log(await r.text()))`;
  const targets: (BrowserPage & { type: string })[] = JSON.parse(await container.exec("node", "-e", ask));
  return targets.filter(({ type }) => type === "page");
}

/** Their titles. */
export async function pageTitles(container: TestContainer, cdpPort?: number): Promise<string[]> {
  return (await pagesOf(container, cdpPort)).map(({ title }) => title);
}

/** Sends a request to the URL launcher from outside the container, like a dashboard. @default token the generated one */
export async function askLauncher(
  container: TestContainer,
  url: string,
  { token, port = 9998 }: { token?: string; port?: number } = {},
): Promise<{ status: number; body: unknown }> {
  const bearer = token ?? (await container.shell("cat ~/.config/kasmix/launcher-token")).trim();
  const address = await container.inspect("{{.NetworkSettings.IPAddress}}");
  const response = await fetch(`http://${address}:${port}/open`, {
    method: "POST",
    headers: { Authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ url }),
  });
  return { status: response.status, body: await response.json() };
}
