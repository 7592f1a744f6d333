import type { Page, Request } from "playwright-core";
import { eventually, PATIENCE } from "./eventually.ts";

/** Opens an address, again where Chromium ended a load because the network of some container came or went. */
export async function goTo(page: Page, address: string): Promise<void> {
  let isWhole = true;
  const watch = (request: Request) => {
    if (request.failure()?.errorText.includes("ERR_NETWORK_CHANGED")) isWhole = false;
  };
  page.on("requestfailed", watch);
  await eventually(
    async () => {
      isWhole = true;
      const failure: unknown = await page.goto(address).then(
        () => undefined,
        (error) => error,
      );
      if (!isWhole) throw failure ?? new Error("Chromium ended a load");
      return failure;
    },
    { timeout: PATIENCE },
  ).then((failure) => {
    page.off("requestfailed", watch);
    if (failure !== undefined) throw failure;
  });
}
