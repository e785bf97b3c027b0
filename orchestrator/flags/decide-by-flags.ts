import { NOOP_PROVIDER, OpenFeature } from "@openfeature/server-sdk";
import type { DecidedByFlags } from "../domain/run.ts";
import type { Database } from "../store/database.ts";
import { holdFlags } from "../store/flags.ts";
import { type DecidingFlag, decidingFlags, decisions } from "./decisions.ts";
import { type DefinedFlag, FlagdProvider } from "./flagd-provider.ts";

/** A run that is about to start. */
export interface StartingRun {
  id: string;
  project: string;
  workflow: string;
}

export interface FlagDecisions {
  /**
   * What the flags decide of these runs, by the runs' ids; nothing where there are no flags. The flags are held until the transaction ends, in
   * which the runs must start: after a flag was changed no run starts by what it was before.
   */
  decide(db: Database, runs: readonly StartingRun[]): Promise<Map<string, DecidedByFlags>>;
  /** Evaluates no more. */
  close(): Promise<void>;
}

/** A definition that flagd cannot read decides nothing, and keeps no run from starting. */
function isReadable(flag: DefinedFlag): boolean {
  try {
    return new FlagdProvider([flag]) !== undefined;
  } catch {
    return false;
  }
}

/** Decides by OpenFeature, in this process, with the definitions in the store; `domain` keeps apart what one program has of these. */
export function decideByFlags(domain: string): FlagDecisions {
  const provider = new FlagdProvider();
  const ready = OpenFeature.setProviderAndWait(domain, provider);
  const client = OpenFeature.getClient(domain);
  let known = "";

  async function decideRun(names: readonly DecidingFlag[], { id, project, workflow }: StartingRun) {
    const context = { targetingKey: id, project, workflow };
    const all = await Promise.all(
      names.map(async (name) => {
        const { value, variant } = await client.getStringDetails(name, decisions[name][0], context);
        return [name, variant === undefined ? undefined : { variant, value }] as const;
      }),
    );
    // Without a variant the flag is disabled or cannot be evaluated: it decides nothing.
    return Object.fromEntries(all.filter(([, one]) => one !== undefined)) as DecidedByFlags;
  }
  return {
    async decide(db, runs) {
      const flags = await holdFlags(db, decidingFlags);
      if (flags.length === 0) return new Map();
      await ready;
      const versions = flags.map(({ name, version }) => `${name} ${version}`).join();
      if (versions !== known) provider.set(flags.filter(isReadable));
      known = versions;
      const names = flags.map(({ name }) => name as DecidingFlag);
      return new Map(
        await Promise.all(runs.map(async (run) => [run.id, await decideRun(names, run)] as const)),
      );
    },
    close: () => OpenFeature.setProviderAndWait(domain, NOOP_PROVIDER),
  };
}
