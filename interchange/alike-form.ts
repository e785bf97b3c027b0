import { skeletonOf } from "../model/promql/skeleton.ts";
import type { ForeignQuery, ForeignSlo } from "./foreign.ts";
import { slug } from "./names.ts";

/** A foreign SLO, taken apart into its form and the words in it that mean nothing to its rules. */
export interface Member {
  slo: ForeignSlo;
  /** Of the catalog. */
  name: string;
  service: string;
  /** The same for SLOs of one form. */
  key: string;
  /** The word that belongs in the place of each stand-in. */
  words: ReadonlyMap<string, string>;
}

/** What stands for the number of the panel that shows an SLO. */
export const PANEL = "zq0qz";
/** What stands for an SLO's name: the first of its words. */
export const NAME = "zq1qz";
/** Splits a text into what is always the same and, every second piece, stand-ins; a capital one is part of an alert's name. */
export const STAND_IN = /([zZ]q\d+qz)/;

// YAML would write them in quotes, which stand-ins are without.
const NAMED =
  /^(?!(?:y|n|yes|no|on|off|true|false|null|inf|nan|e-?\d+|index)$)[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
// Texts stand between double quotes, and braces would be a template's.
const PLAIN = /^[A-Za-z0-9][^"\\{}$`\u0000-\u001f\u007f-\uffff]*$/;
const LONGEST = 250;
// Labels by whose values something is decided.
const DECIDING = new Set(["le", "job", "platform", "instance"]);

/** The form of an SLO; nothing where a word of it may be mistaken for something else. */
export function formOf(
  slo: ForeignSlo,
  { name, platform }: { name: string; platform: string },
): Member | undefined {
  const { sli, title, description, runbook = "" } = slo;
  const service = slug(slo.service);
  if (sli.kind !== "ratio" || service !== slo.service || service === platform) return undefined;
  const texts = [title, description, ...(runbook === "" ? [] : [runbook])];
  if (!NAMED.test(name) || !NAMED.test(service)) return undefined;
  if (texts.some((text) => text.length > LONGEST || !PLAIN.test(text))) return undefined;
  const words = new Words(name);
  const said = [service, title, description, runbook].map((word) => word && words.standIn(word));
  const queries = queryForms([sli.part, sli.total], { words, service, platform });
  if (!queries) return undefined;
  const key = JSON.stringify([
    said,
    queries,
    sli.counts,
    slo.objective,
    slo.period,
    slo.noTraffic ?? "",
    slo.minimumEvents ?? "",
  ]);
  return { slo, name, service, key, words: words.byStandIn };
}

/** An SLO with the stand-ins that a form's key tells. */
export function sloOfForm({ slo, key }: Member): ForeignSlo | undefined {
  const [[service, title, description, runbook], [part, total]] = JSON.parse(key) as [string[], string[]];
  if (slo.sli.kind !== "ratio" || service === undefined || title === undefined || description === undefined)
    return undefined;
  const location = { file: "", line: 1, column: 1, exact: false };
  return {
    name: NAME,
    service,
    title,
    description,
    objective: slo.objective,
    period: slo.period,
    sli: {
      kind: "ratio",
      counts: slo.sli.counts,
      part: { text: part ?? "", location },
      total: { text: total ?? "", location },
    },
    ...(runbook && { runbook }),
    ...(slo.noTraffic !== undefined && { noTraffic: slo.noTraffic }),
    ...(slo.minimumEvents !== undefined && { minimumEvents: slo.minimumEvents }),
    location,
    objectiveAt: location,
  };
}

/** A stand-in for each word, the same for the same word. */
class Words {
  readonly byStandIn = new Map<string, string>();
  readonly #standIns = new Map<string, string>();

  constructor(name: string) {
    this.standIn(name);
  }

  standIn(word: string): string {
    const known = this.#standIns.get(word);
    if (known !== undefined) return known;
    const standIn = `zq${this.#standIns.size + 1}qz`;
    this.#standIns.set(word, standIn);
    this.byStandIn.set(standIn, word);
    return standIn;
  }
}

const OTHER_OPERATOR = /(\w+)\s*(?:=~|!~|!=)/g;
const EQUAL = /(\w+)(\s*=\s*)"([A-Za-z][\w-]*)"/g;

function queryForms(
  queries: readonly ForeignQuery[],
  { words, service, platform }: { words: Words; service: string; platform: string },
): string[] | undefined {
  // Elsewhere a quote may be something else than the begin of a matcher's value.
  if (queries.some(({ text }) => STAND_IN.test(text) || !skeletonOf(text))) return undefined;
  const compared = queries.flatMap(({ text }) =>
    [...text.matchAll(OTHER_OPERATOR)].map(([, label]) => label),
  );
  return queries.map(({ text }) =>
    text.replace(EQUAL, (all, label: string, equals: string, value: string) => {
      const isBlind =
        label === "service"
          ? value === service
          : !DECIDING.has(label) && value !== platform && !compared.includes(label);
      return isBlind ? `${label}${equals}"${words.standIn(value)}"` : all;
    }),
  );
}
