import { eventually, PATIENCE } from "./eventually.ts";

/** A page of Playwright. */
interface Visiting {
  goto(address: string): Promise<unknown>;
}

/** Opens an address, again where Chromium ends the load because the network of some container came or went. */
export async function goTo(page: Visiting, address: string): Promise<void> {
  let failure: unknown;
  await eventually(
    async () => {
      failure = await page.goto(address).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (String(failure).includes("ERR_NETWORK_CHANGED")) throw failure;
    },
    { timeout: PATIENCE },
  );
  if (failure !== undefined) throw failure;
}
