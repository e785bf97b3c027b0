import { onTestFinished } from "vitest";
import { type Step, step } from "../domain/workflow.ts";
import { openStore, type Store, type StoreOptions } from "./database.ts";
import { startEmbedded } from "./embedded.ts";
import { storeWorkflow } from "./workflows.ts";

/** For tests: a store on a real PostgreSQL of its own, without care for a loss of power; both end with the test or by `close`. */
export async function temporaryStore(options?: StoreOptions): Promise<Store> {
  const server = await startEmbedded({ settings: ["fsync=off"] });
  const store = await openStore(server.url, options);
  const close = async () => {
    await store.close();
    await server.stop();
  };
  return { ...store, close };
}

/** For tests: the same, closed when the running test ends. */
export async function storeOfTest(options?: StoreOptions): Promise<Store> {
  const store = await temporaryStore(options);
  onTestFinished(() => store.close());
  return store;
}

/** For tests: stores a workflow whose steps are single agents' tasks, each after those it needs. */
export async function storeSteps(store: Store, name: string, steps: Record<string, Partial<Step>>) {
  return storeWorkflow(store.pool, {
    project: "shop",
    createdBy: "ann",
    definition: {
      name,
      description: "",
      steps: Object.entries(steps).map(([id, more]) =>
        step.parse({ id, agent: "scripted", timeoutSeconds: 60, ...more }),
      ),
    },
  });
}
