import type { Code } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";

/** A block of a page that is run: commands and what they say, or the text of a file. */
export interface Example {
  value: string;
  file?: string | undefined;
}

/** The blocks of a page marked `console`, and those of files, marked `file=PATH`; in its order each builds on those before. */
export function examplesOf(markdown: string): Example[] {
  const blocks = fromMarkdown(markdown).children.filter((node): node is Code => node.type === "code");
  return blocks.flatMap(({ lang, meta, value }) => {
    const file = /^file=(\S+)$/.exec(meta ?? "")?.[1];
    return lang === "console" || file !== undefined ? [{ value, file }] : [];
  });
}
