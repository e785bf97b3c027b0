import { explainAlert } from "./alert.ts";
import { explainEnvironment } from "./environment.ts";
import type { Explained, Explanation } from "./explanation.ts";
import type { Found } from "./find.ts";
import { explainFlag } from "./flag.ts";
import { explainGate } from "./gate.ts";
import { explainMetric } from "./metric.ts";
import { explainPanel } from "./panel.ts";
import { explainBreaker, explainLimit, explainMode } from "./resilience.ts";
import { explainService } from "./service.ts";
import { explainSlo } from "./slo.ts";

/** Explains one entry; pure, so that text and JSON say the same. */
export function explain(found: Found): Explanation {
  const { platform, kind, entry } = found;
  const id = kind === "panel" ? `${found.dashboard.name}/${entry.id}` : entry.name;
  return { id: `${platform.name}/${id}`, kind, defined: entry.origin, ...explainedOf(found) };
}

function explainedOf(found: Found): Explained {
  const { platform } = found;
  switch (found.kind) {
    case "slo":
      return explainSlo(found.entry, platform);
    case "alert":
      return explainAlert(found.entry, platform);
    case "gate":
      return explainGate(found.entry, platform);
    case "metric":
      return explainMetric(found.entry, platform);
    case "service":
      return explainService(found.entry, platform);
    case "breaker":
      return explainBreaker(found.entry, platform);
    case "mode":
      return explainMode(found.entry, platform);
    case "limit":
      return explainLimit(found.entry, platform);
    case "flag":
      return explainFlag(found.entry, platform);
    case "environment":
      return explainEnvironment(found.entry, platform);
    case "panel":
      return explainPanel(found.entry, found.dashboard, platform);
  }
}
