import type { Platform, Selection } from "../model/model.ts";
import { readablePercent, readableSeconds } from "../model/readable.ts";
import type { Breaker, Limit, Mode } from "../model/resilience.ts";
import { actionText, amountText, openingText, recoveryText, worksTexts } from "../model/resilience-words.ts";
import type { Explained } from "./explanation.ts";
import { linkedQuery } from "./links.ts";

/** A breaker: when it opens, what happens then, when it closes. */
export function explainBreaker(breaker: Breaker, platform: Platform): Explained {
  return {
    ...shownIn(platform, breaker.shownBy, "1 while it is open"),
    title: breaker.title,
    meaning: breaker.description,
    facts: {
      service: breaker.service,
      opens: openingText(breaker.opens),
      "while open": breaker.whileOpen.map(actionText).join("; "),
      closes: recoveryText(breaker.recovers),
      state: breaker.shared ? "one for all replicas" : "each replica has its own",
      alert: breaker.alert,
    },
  };
}

/** A mode: what works in it, what brings it about, how it is left. */
export function explainMode(mode: Mode, platform: Platform): Explained {
  const steps = platform.modes.filter(({ ladder }) => ladder === mode.ladder);
  const rows = steps.map((step) => [String(step.rank), step.name, worksTexts(step.works).join("; ")]);
  return {
    ...shownIn(platform, mode.shownBy.of, `${mode.shownBy.value} in this mode`),
    title: mode.title,
    meaning: mode.description,
    facts: {
      service: mode.service,
      works: worksTexts(mode.works).join("; "),
      "brought about by": [
        "a person",
        ...mode.entered.map(({ signal, is, value }) => `${signal} ${is} ${value}`),
      ].join(", "),
      ...(mode.rank > 0 && {
        left:
          mode.calmSeconds === undefined
            ? "by a person"
            : `down to the next mode that a signal leads to, after ${readableSeconds(mode.calmSeconds)} in which nothing asks for it, or by a person`,
      }),
      ...(mode.alert !== undefined && { alert: mode.alert }),
    },
    tables: [{ title: `Ladder ${mode.ladder}`, rows: [["RANK", "MODE", "WORKS"], ...rows] }],
  };
}

/** A limit: how much, over which time, and what happens there. */
export function explainLimit(limit: Limit, platform: Platform): Explained {
  return {
    ...shownIn(platform, limit.shownBy, "shows it"),
    title: limit.title,
    meaning: limit.description,
    facts: {
      service: limit.service,
      "at most": amountText(limit),
      ...(limit.warnsAtRatio !== undefined && {
        "something is done from": readablePercent(limit.warnsAtRatio),
      }),
      ...(limit.waitSeconds.length > 0 && {
        "waits before the next": limit.waitSeconds.map(readableSeconds).join(", "),
      }),
      "at the limit": limit.reached.join(", then "),
      ...(limit.alert !== undefined && { alert: limit.alert }),
    },
  };
}

function shownIn(platform: Platform, of: Selection | undefined, title: string) {
  const queries = of ? [linkedQuery(platform, { title, promql: of.promql })] : [];
  return { tables: [], queries, told: [], pages: [], usedBy: [] };
}
