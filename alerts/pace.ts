import { DIRECT_SCRAPE_SECONDS, USUAL_SCRAPE_SECONDS } from "../model/alerting/scrape-interval.ts";
import type { Environment } from "../model/model.ts";

/** How often and how soon things are done, as Prometheus and Alertmanager write it. */
export interface Pace {
  scrape: { direct: string; usual: string };
  /** Of rules; `slow` are those with windows of 6 h and more. */
  evaluate: { direct: string; usual: string; slow: string };
  /** How long warnings of one name are collected at first, and how long what is new waits afterwards. */
  collect: { first: string; next: string };
  /** The same of one critical alert: that it is over, or back. */
  critical: { first: string; next: string };
}

const PACES: Record<Environment["pace"], Pace> = {
  usual: {
    // Where a direct alert looks, a new sample comes as often as the alert is evaluated.
    scrape: { direct: `${DIRECT_SCRAPE_SECONDS}s`, usual: `${USUAL_SCRAPE_SECONDS}s` },
    /**
     * Conventions: direct signals (breaker open, target down, invariant) every 5 s, in production too. A window of 6 h or more moves
     * by 0.6 % in two minutes, and each evaluation reads all its samples: two minutes cost a quarter of what 30 s would. Not longer,
     * since a series older than five minutes is gone for the rules that read it.
     */
    evaluate: { direct: "5s", usual: "30s", slow: "2m" },
    collect: { first: "30s", next: "5m" },
    // WV-9 leaves 5 s for what changes too.
    critical: { first: "0s", next: "5s" },
  },
  drill: {
    scrape: { direct: "1s", usual: "1s" },
    // Of a window of 6 h nothing more can be seen each second than each half minute.
    evaluate: { direct: "1s", usual: "1s", slow: "30s" },
    collect: { first: "0s", next: "1s" },
    critical: { first: "0s", next: "1s" },
  },
};

/** The pace of an environment's alerting. */
export function paceOf({ pace }: Pick<Environment, "pace">): Pace {
  return PACES[pace];
}
