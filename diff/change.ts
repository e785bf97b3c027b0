import { printable } from "../problems/printable.ts";

/** In the order in which they are read: what wakes somebody up comes first. */
export const groups = {
  "pages-more": "Tells people more, or sooner",
  "pages-less": "Tells people less, or later",
  looser: "Looser",
  tighter: "Tighter",
  gone: "Gone",
  resources: "Resources",
  new: "New",
  changed: "Changed otherwise",
} as const;
export type Group = keyof typeof groups;

/** What a change is about. */
export type Kind =
  | "platform"
  | "SLO"
  | "alert"
  | "notifications of"
  | "metric"
  | "dashboard"
  | "service"
  | "volume"
  | "environment"
  | "load profile"
  | "gate"
  | "promotion to"
  | "admission to"
  | "breaker"
  | "mode"
  | "limit"
  | "flag"
  | "event"
  | "procedure";

/** A text in which names and values of the catalog stand apart from the words around them, so that Markdown can quote them. */
export type Sentence = readonly (string | { value: string })[];

/** What is said of one entry in one group; `says` continues "alert queue-deep …". */
export interface Change {
  group: Group;
  platform: string;
  kind: Kind;
  name: string;
  says: Sentence[];
}

/** One finding of a comparison: where it belongs and what it says. */
export interface Finding {
  group: Group;
  says: Sentence;
}

/** A sentence: what stands in `${}` is a value of the catalog, or a sentence within this one. */
export function say(
  words: TemplateStringsArray,
  ...values: readonly (string | number | Sentence)[]
): Sentence {
  return words.flatMap((word, i): Sentence => {
    const value = values[i];
    if (value === undefined) return [word];
    return typeof value === "object" ? [word, ...value] : [word, { value: String(value) }];
  });
}

/** A sentence as plain text; nothing in it can reach a terminal. */
export function plainText(sentence: Sentence): string {
  return printable(sentence.map((part) => (typeof part === "string" ? part : part.value)).join(""));
}

/** Sentences one after another. */
export function listed(sentences: readonly Sentence[], between = ", "): Sentence {
  return sentences.flatMap((one, i) => (i === 0 ? one : [between, ...one]));
}

/** Findings of one entry as changes: one for each group that they are in. */
export function changesOf(
  about: Pick<Change, "platform" | "kind" | "name">,
  findings: readonly Finding[],
): Change[] {
  return (Object.keys(groups) as Group[]).flatMap((group) => {
    const says = findings.filter((f) => f.group === group).map((f) => f.says);
    return says.length > 0 ? [{ group, ...about, says }] : [];
  });
}

/** Changes in the order of their groups; inside one as they came. */
export function gravestFirst(changes: readonly Change[]): Change[] {
  return (Object.keys(groups) as Group[]).flatMap((group) =>
    changes.filter((change) => change.group === group),
  );
}
