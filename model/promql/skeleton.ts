// Queries of one form are many: those of a fleet differ in nothing but the values of their matchers. The form is parsed once.

/** A query whose matchers' values are numbered in their place. */
export interface Skeleton {
  text: string;
  /** The literals that were there, quotes included, in order. */
  literals: readonly string[];
  /** Where an offset in `text` is in the query. */
  offset(inText: number): number;
}

// Comments and other quotes; strings that are a name or become one.
const NOT_PLAIN = /[#'`]|__name__|label_|count_values/;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/g;

/** The form of a query; nothing where its strings cannot be told from the rest without a parser. */
export function skeletonOf(query: string): Skeleton | undefined {
  if (NOT_PLAIN.test(query)) return undefined;
  const literals: string[] = [];
  const ends: { end: number; longer: number }[] = [];
  let longer = 0;
  const text = query.replace(STRING, (literal, at: number) => {
    if (!isValue(query, at)) return literal;
    const number = `"${literals.length}"`;
    literals.push(literal);
    const end = at - longer + number.length;
    longer += literal.length - number.length;
    ends.push({ end, longer });
    return number;
  });
  const offset = (inText: number) => inText + (ends.findLast(({ end }) => end <= inText)?.longer ?? 0);
  return { text, literals, offset };
}

function isValue(query: string, at: number): boolean {
  let before = at - 1;
  while (/\s/.test(query[before] ?? "")) before--;
  return query[before] === "=" || query[before] === "~";
}
