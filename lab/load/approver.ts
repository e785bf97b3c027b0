import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

const pending = z.object({ items: z.array(z.object({ id: z.string() })) });

/** How soon a notification reaches whoever decides. */
const lookEveryMs = 100;

/**
 * Approves what waits for approval until the signal aborts, as a person with the right role would who does nothing else: what is measured is
 * then the platform's time. A request that fails is made again the next time.
 */
export async function approveAll(
  baseUrl: string,
  { token, signal }: { token: string; signal: AbortSignal },
): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${baseUrl}${path}`, {
      ...init,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
  while (!signal.aborted) {
    const found = await ask("/v1/approvals?state=pending&limit=100")
      .then(async (response) => pending.parse(await response.json()).items)
      .catch(() => []);
    const decision = JSON.stringify({ decision: "approved" });
    await Promise.all(
      found.map(({ id }) =>
        ask(`/v1/approvals/${id}/decision`, { method: "POST", body: decision }).catch(() => undefined),
      ),
    );
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
