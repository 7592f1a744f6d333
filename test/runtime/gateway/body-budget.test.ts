import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { BodyBudget, type BudgetOptions } from "../../../src/runtime/gateway/body-budget.ts";
import { readBody } from "../../../src/runtime/gateway/read-body.ts";

/** Takes shares and notes the order in which they are granted. */
function open(options: BudgetOptions) {
  const budget = new BodyBudget({ small: 0, ...options });
  const granted: number[] = [];
  return {
    budget,
    granted,
    take: (bytes: number, signal?: AbortSignal) =>
      budget.take(bytes, signal).then((share) => {
        if (share) granted.push(bytes);
        return share;
      }),
  };
}

describe("a share of the budget", () => {
  it("is given in turn, when enough is free", async () => {
    const { granted, take } = open({ most: 10 });
    const first = await take(6);
    const waiting = [take(5), take(4)];
    await Promise.resolve();
    // 4 would fit in, but a stream of small ones would keep the large one out for ever.
    expect(granted).toEqual([6]);
    first?.keep(5);
    await waiting[0];
    expect(granted).toEqual([6, 5]);
    first?.release();
    first?.release();
    await waiting[1];
    expect(granted).toEqual([6, 5, 4]);
  });

  it("may be larger than the budget, alone", async () => {
    const { granted, take } = open({ most: 10 });
    const first = await take(1);
    const large = take(50);
    await Promise.resolve();
    expect(granted).toEqual([1]);
    first?.release();
    expect(await large).toBeDefined();
  });

  it("is refused after a while, and who left does not hold up the others", async () => {
    const { granted, take } = open({ most: 10, patience: 20 });
    await take(6);
    expect(await take(6)).toBeUndefined();
    const gone = new AbortController();
    const [large, small] = [take(9, gone.signal), take(3)];
    gone.abort();
    expect([await large, granted]).toEqual([undefined, [6, 3]]);
    expect(await small).toBeDefined();
    expect(await take(1, gone.signal)).toBeUndefined();
  });

  it("for a buffer that may be smaller leaves half of the budget", async () => {
    const { budget, take } = open({ most: 10 });
    const share = budget.spare(5);
    expect([share !== undefined, budget.spare(1)]).toEqual([true, undefined]);
    expect(await take(5)).toBeDefined();
  });
});

/** Every body was collected as it came, however many others were in memory. */
describe("a body", () => {
  async function serve(budget: BodyBudget, limit: number) {
    const held: (() => void)[] = [];
    const server = createServer(async (request, response) => {
      const body = await readBody({ request, response }, limit, budget);
      const answer = () => void response.end(typeof body === "string" ? body : String(body.length));
      if (request.headers.hold) held.push(answer);
      else answer();
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const put = (body: string, headers: Record<string, string | number> = {}) =>
      new Promise<string>((resolve, reject) => {
        const options = { host: "127.0.0.1", port, method: "PUT", headers, agent: false } as const;
        const asked = request(options, async (response) => {
          let text = "";
          for await (const chunk of response) text += chunk;
          resolve(text);
        });
        asked.on("error", reject).end(body);
      });
    return { put, held };
  }

  it("is read whole, of known or unknown length, and not beyond its limit", async () => {
    const { put } = await serve(new BodyBudget(), 1000);
    expect(await put("x".repeat(1000))).toBe("1000");
    expect(await put("x".repeat(1000), { "transfer-encoding": "chunked" })).toBe("1000");
    expect(await put("")).toBe("0");
    expect(await put("x".repeat(1001))).toBe("too long");
    expect(await put("x".repeat(1001), { "transfer-encoding": "chunked" })).toBe("too long");
  });

  it("keeps its share until it is answered; then the next is read", async () => {
    const { put, held } = await serve(new BodyBudget({ most: 1000, small: 10 }), 1000);
    const first = put("x".repeat(900), { hold: 1 });
    await expect.poll(() => held.length).toBe(1);
    const second = put("y".repeat(200), { hold: 1 });
    // A small one does not wait.
    await put("z");
    expect(held).toHaveLength(1);
    held[0]?.();
    expect(await first).toBe("900");
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    expect(await second).toBe("200");
  });

  it("that gets no share in time is not read", async () => {
    const { put, held } = await serve(new BodyBudget({ most: 1000, small: 10, patience: 20 }), 1000);
    const first = put("x".repeat(900), { hold: 1 });
    await expect.poll(() => held.length).toBe(1);
    expect(await put("y".repeat(200))).toBe("busy");
    held[0]?.();
    expect(await first).toBe("900");
  });
});
