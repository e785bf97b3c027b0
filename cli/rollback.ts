import { rollback as goBack } from "../delivery/promotion/rollback.ts";
import { type AtSiteOptions, atSite, digestOf, exitCodeOf, printed } from "./promotion-outcome.ts";

/** What `fairlead rollback` is told. */
export interface RollbackOptions extends AtSiteOptions {
  because: string;
  to?: string;
}

/** `fairlead rollback --env E --because …`. */
export function rollback({ because, to: told, ...options }: RollbackOptions): Promise<number> {
  return atSite(options, async (site) => {
    const to = told === undefined ? undefined : await digestOf(told, site);
    const outcome = await goBack({ to, because }, site);
    printed(outcome, options);
    return exitCodeOf(outcome, "rolled-back");
  });
}
