import { formats } from "./formats/index.ts";
import { type Measured, type ReadFor, UnreadableError } from "./measured.ts";
import type { Label, Stored } from "./store.ts";

/** A labelled file and what it tells, or why it does not count. */
export interface Evidence extends Pick<Stored, "name"> {
  /** Absent: the label is damaged, so that it could be of anything. */
  label?: Label;
  text?: string;
  measured?: Measured;
  /** Goes on after the evidence's name. */
  problem?: string;
}

/** Clocks of two machines differ a little. */
const SKEW_SECONDS = 60;

/** Understands what is stored: reads it, and sets aside what is stale or was measured after the decision. */
export async function understand(stored: readonly Stored[], context: ReadFor): Promise<Evidence[]> {
  return Promise.all(
    stored.map(async ({ problem, text, label, name }) => {
      if (problem !== undefined || !label || text === undefined)
        return { name, ...(label && { label }), problem: problem ?? "cannot be read" };
      return { name, label, text, ...(await measuredOf(text, label, context)) };
    }),
  );
}

async function measuredOf(
  text: string,
  label: Label,
  context: ReadFor,
): Promise<Pick<Evidence, "measured" | "problem">> {
  const { read, freshSeconds } = formats[label.format];
  try {
    const measured: Measured = await read(text, context);
    const unfresh = [label.at, measured.at, measured.latest].flatMap((at) =>
      at === undefined ? [] : (whyNotNow(at, { now: context.at, freshSeconds }) ?? []),
    );
    return { measured, ...(unfresh[0] !== undefined && { problem: unfresh[0] }) };
  } catch (error) {
    if (error instanceof UnreadableError) return { problem: error.message };
    throw error;
  }
}

function whyNotNow(
  at: string,
  { now, freshSeconds }: { now: Date; freshSeconds: number },
): string | undefined {
  const age = (now.getTime() - Date.parse(at)) / 1000;
  if (age < -SKEW_SECONDS) return `it is dated ${at}, after the decision`;
  if (age <= freshSeconds) return undefined;
  return `it is stale: of ${at}, and it counts for ${freshSeconds / 3600} h`;
}
