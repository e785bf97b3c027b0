import type { StepSpec } from "../../catalog/runbook.ts";
import type { ListedAlert } from "../listed.ts";

/** A thing to do, with its defaults left out. */
export type Step = StepSpec;

/** Plain text with `code` between backticks, or the page of an alert. */
export type Cell = string | { alert: ListedAlert };

/** Facts of the catalog in rows. */
export interface Facts {
  head: string[];
  rows: Cell[][];
}

/** Steps that belong together. */
export interface Part {
  title: string;
  text?: string;
  facts?: Facts;
  steps: Step[];
}

/** How something is done to a platform: all that its page shows. Texts are plain, with `code` between backticks. */
export interface Procedure {
  /** Name of its page below `operations/`. */
  name: string;
  title: string;
  purpose: string;
  when: string;
  before: Step[];
  parts: Part[];
  verify: Step[];
  undo: Step[];
  tell: string;
  /** Alerts by which somebody comes here. */
  alerts: ListedAlert[];
}
