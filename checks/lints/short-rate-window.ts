import { DIRECT_SCRAPE_SECONDS, directServices, USUAL_SCRAPE_SECONDS } from "../../model/alerting/pace.ts";
import type { Metric } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import { innerSelector } from "./inner-selector.ts";
import { inQueries, type Lint, type Remark } from "./lint.ts";

// With four intervals a rate has two samples even when one scrape is lost and the evaluation comes at a bad moment.
const LEAST_SCRAPES = 4;

const OF_COUNTERS = new Set(["rate", "irate", "increase"]);
/** Rates over so few scrapes that one that fails leaves nothing. */
export const shortRateWindow: Lint = {
  rule: "lint/short-rate-window",
  severity: "warning",
  look(subject) {
    const direct = directServices(subject.platform);
    const say = (metric: Metric | undefined, seconds: number) => {
      if (!metric) return undefined;
      const isDirect = metric.services.every((service) => direct.has(service));
      return judge(seconds, isDirect ? DIRECT_SCRAPE_SECONDS : USUAL_SCRAPE_SECONDS);
    };
    return [
      ...inQueries(subject, (part) => {
        const [of] = part.kind === "call" && OF_COUNTERS.has(part.name) ? part.args : [];
        if (of?.kind !== "range" || of.seconds === undefined) return undefined;
        const remark = say(subject.metricOf(innerSelector(of)?.name), of.seconds);
        return remark && { ...remark, from: of.from };
      }),
      ...subject.platform.alerts.flatMap(({ signal, origin }) => {
        if (!("windowSeconds" in signal)) return [];
        const { metric } = "of" in signal ? signal.of : signal.whole;
        const remark = say(metric, signal.windowSeconds);
        return remark ? [{ place: at(origin, "when", "window"), ...remark }] : [];
      }),
    ];
  },
};

function judge(windowSeconds: number, scrapeSeconds: number): Remark | undefined {
  const least = LEAST_SCRAPES * scrapeSeconds;
  if (windowSeconds >= least) return undefined;
  return {
    message: `${windowSeconds} s hold ${Math.floor(windowSeconds / scrapeSeconds)} scrapes: one that fails leaves too few for a rate`,
    fix: `count over at least ${least} s, four scrapes`,
  };
}
