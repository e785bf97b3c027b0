import { DOMParser, type Element, onWarningStopParsing, ParseError } from "@xmldom/xmldom";
import { UnreadableError } from "./measured.ts";

/** The root element of an XML document that is whole and of this name. Entities of its own are not expanded. Throws an UnreadableError. */
export function rootOf(text: string, names: readonly string[]): Element {
  if (text.trim() === "") throw new UnreadableError("the file is empty");
  const root = parsed(text).documentElement;
  if (!root || !names.includes(root.tagName))
    throw new UnreadableError(`the file is no ${names.join(" or ")}, but ${root?.tagName ?? "nothing"}`);
  return root;
}

function parsed(text: string) {
  try {
    return new DOMParser({ onError: onWarningStopParsing }).parseFromString(text, "text/xml");
  } catch (error) {
    if (error instanceof ParseError || error instanceof Error)
      throw new UnreadableError("the file is no whole XML");
    throw error;
  }
}

/** Elements directly inside another. */
export function childrenOf(element: Element, name: string): Element[] {
  return [...element.childNodes].filter((node): node is Element => node.nodeName === name);
}

/** A count that stands in an attribute; undefined where it does not stand there. Throws an UnreadableError where it is none. */
export function countIn(element: Element, name: string): number | undefined {
  const text = element.getAttribute(name);
  if (text === null || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UnreadableError(`${name}="${text.slice(0, 40)}" is no count`);
  return Number(text);
}

/** Hours by which a clock is at most ahead of UTC. */
const MOST_AHEAD = 14;

/**
 * A time that stands in an attribute, in milliseconds since 1970: of one without a zone, which JUnit's have, the earliest that it can mean.
 * Undefined where it does not stand there. Throws an UnreadableError where it is none.
 */
export function timeIn(element: Element, name: string): number | undefined {
  const text = element.getAttribute(name);
  if (text === null || text === "") return undefined;
  const [whole, zone] = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text) ?? [];
  const time =
    whole === undefined
      ? Number.NaN
      : Date.parse(`${whole.replace(" ", "T").replace(",", ".")}${zone ? "" : "Z"}`);
  if (Number.isNaN(time)) throw new UnreadableError(`${name}="${text.slice(0, 40)}" is no time`);
  return zone ? time : time - MOST_AHEAD * 3_600_000;
}
