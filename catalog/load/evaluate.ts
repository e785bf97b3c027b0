import path from "node:path";
import { pathToFileURL } from "node:url";
import { installRecorders } from "./links.ts";

/** What running a platform's catalog came to: its module, or what it threw. */
export type Evaluation = { module: Record<string, unknown> } | { thrown: unknown } | { unfinished: true };

/**
 * Runs a bundled catalog and waits for it, at most `limitSeconds`. In one process a bundle is run once: a second call
 * for the same file gives the same objects.
 */
export async function evaluate(folder: string, file: string, limitSeconds: number): Promise<Evaluation> {
  installRecorders();
  const url = pathToFileURL(path.join(folder, file)).href;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Evaluation>((resolve) => {
    timer = setTimeout(() => resolve({ unfinished: true }), limitSeconds * 1000);
  });
  const run = import(url).then(
    (module: Record<string, unknown>) => ({ module }),
    (thrown: unknown) => ({ thrown }),
  );
  try {
    return await Promise.race([run, limit]);
  } finally {
    clearTimeout(timer);
  }
}
