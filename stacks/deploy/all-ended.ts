/**
 * What all of them give, once each has ended. Throws what the first one that failed threw, but not before the others have ended too: nothing may be at
 * work in a folder that is removed next.
 */
export async function allEnded<const T extends readonly Promise<unknown>[]>(
  all: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(all);
  return Promise.all(all) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}
