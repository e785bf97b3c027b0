import type { PlatformInput } from "fairlead";
import * as right from "./shop.ts";

/** One of a platform's parts. */
export type Part = PlatformInput["parts"][number];

/** The shop with some of its entries replaced, all in one part. */
export function shopWith(changed: Partial<Part>): PlatformInput {
  const { policies: _policies, shop, ...own } = right;
  return { ...shop, parts: [{ ...own, ...changed }] };
}
