import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

const ONE_OF_A_KIND =
  /(^|_)(uuid|guid|email|user_?id|customer_?id|session_?id|request_?id|trace_?id|span_?id|task_?id|order_?id|ip|client_address|url|uri|full_path|query|message|timestamp|commit|sha)$/;

/** Labels named after what is different each time. */
export const costlyLabel: Lint = {
  rule: "lint/costly-label",
  severity: "warning",
  look: ({ platform }) =>
    platform.metrics.flatMap(({ name, labels, origin }) =>
      Object.entries(labels)
        .filter(([label, values]) => !Array.isArray(values) && ONE_OF_A_KIND.test(label))
        .map(([label]) => ({
          place: at(origin, "labels", label),
          message: `label "${label}" of "${name}" is named after something that is different each time`,
          fix: "put it into a log event or a trace; a label has few values that come again",
        })),
    ),
};
