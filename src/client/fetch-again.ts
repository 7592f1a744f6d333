/** Milliseconds before each further try. */
const PAUSES = [200, 500, 1_000, 2_000];

/**
 * Fetches, and tries again where the network broke the request: browsers end all requests in flight when the machine's
 * network changes. Only for requests that may be sent twice. Rejects as `fetch` does once the tries are used up, and at
 * once when `signal` is aborted.
 */
export async function fetchAgain(address: string | URL, options: RequestInit = {}): Promise<Response> {
  for (const pause of PAUSES) {
    try {
      return await fetch(address, options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return await fetch(address, options);
}
