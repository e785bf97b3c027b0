/**
 * Calls `work` for every item, never more than two at once, and returns the results in the items' order. After a failure
 * it starts nothing new, waits for what still runs, and only then throws.
 */
export async function twoAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, item] = next;
      results[index] = await work(item).catch((error: unknown) => {
        queue.length = 0;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled([worker(), worker()]);
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return results;
}
