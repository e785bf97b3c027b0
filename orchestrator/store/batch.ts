/**
 * Collects calls that come while the one before is still under way and has `work` do them together: what costs a round trip, or
 * a transaction, each is paid once for all of them. `work` gives a result or an Error for each item, in order; when it throws, all fail.
 */
export function batched<Item, Result>(
  work: (items: Item[]) => Promise<(Result | Error)[]>,
  { limit }: { limit: number },
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];
  let busy = false;

  const drain = async () => {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, limit);
      waiting = waiting.slice(limit);
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [index, { resolve, reject }] of batch.entries()) {
          const result = results[index] as Result | Error;
          if (result instanceof Error) reject(result);
          else resolve(result);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    busy = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // Whatever else this turn of the event loop asks for goes into the same batch.
      if (!busy) {
        busy = true;
        setImmediate(() => void drain());
      }
    });
}
