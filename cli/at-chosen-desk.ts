import { atDesk, type Desk, type Visit } from "../stacks/deploy/promotion-desk.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { chosenStop } from "./chosen-stop.ts";
import { loadForLedger } from "./load-for-ledger.ts";

/** What a command is told of where it is to look, or to write. */
export interface ChosenDesk<Env extends string | undefined> {
  platform?: string | undefined;
  /** Undefined where the command is not about one environment. */
  env: Env;
  looks?: NonNullable<Visit["looks"]>;
}

/** Opens the ledger of the platform that is named, in the project of the working folder, as `atDesk` does. Throws a UsageError where platform or environment are not there. */
export async function atChosenDesk<Env extends string | undefined, T>(
  { platform: name, env, looks }: ChosenDesk<Env>,
  use: (desk: Desk, environment: Env) => Promise<T>,
): Promise<T> {
  const project = await loadForLedger(process.cwd());
  const platform = chosenPlatform(project, name);
  const environment = chosenStop(platform, env);
  return atDesk({ root: project.root, platform, env: process.env, ...(looks && { looks }) }, (desk) =>
    use(desk, environment),
  );
}
