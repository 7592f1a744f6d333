import { afterEach, expect, test, vi } from "vitest";
import { fetchAgain } from "../../src/client/fetch-again.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A network that breaks the first requests. */
function breakFirst(count: number): { tries: number } {
  vi.useFakeTimers();
  const network = { tries: 0 };
  vi.stubGlobal("fetch", async (_: string, { signal }: RequestInit = {}) => {
    network.tries += 1;
    signal?.throwIfAborted();
    if (network.tries <= count) throw new TypeError("Failed to fetch");
    return new Response("answer");
  });
  return network;
}

test("a request that the network broke is sent again", async () => {
  const network = breakFirst(3);
  const answer = fetchAgain("api/services");
  await vi.runAllTimersAsync();
  expect(await (await answer).text()).toBe("answer");
  expect(network.tries).toBe(4);
});

test("it fails after five tries, and at once when it was aborted", async () => {
  const network = breakFirst(100);
  const failed = expect(fetchAgain("api/services")).rejects.toThrow("Failed to fetch");
  await vi.runAllTimersAsync();
  await failed;
  expect(network.tries).toBe(5);
  await expect(fetchAgain("api/services", { signal: AbortSignal.abort() })).rejects.toThrow("abort");
  expect(network.tries).toBe(6);
});
