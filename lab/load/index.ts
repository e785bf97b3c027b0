/** A profile's load on a service: what it takes, what it comes to, and how it is told. Import from here only. */

export { compressed } from "./compress.ts";
export { secondsOf } from "./k6.ts";
export { loadHtml } from "./report-html.ts";
export { loadText } from "./report-text.ts";
export { runLoad } from "./run-load.ts";
export { refuseRunners } from "./runners.ts";
export { labTarget, otherTarget, type Target } from "./target.ts";
