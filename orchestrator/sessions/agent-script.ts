import { z } from "zod";

const milliseconds = z.int().min(1).max(86_400_000);
const bytes = z.int().min(1).max(17_179_869_184);

/** What a scripted agent does: its work, or one of the ways in which agents go wrong. All of it is bounded. */
const behaviour = z.discriminatedUnion("does", [
  z
    .strictObject({
      does: z.literal("work"),
      everyMs: milliseconds.default(1_000),
      /** Each so many-th piece of work fails; none without it. */
      failsEach: z.int().min(1).optional(),
      /** It says the same each time, as an agent that goes round in circles. */
      repeats: z.boolean().default(false),
      /** Pieces of work after which it is done; without it, it goes on. */
      pieces: z.int().min(1).optional(),
    })
    .describe("Reports pieces of work"),
  z
    .strictObject({ does: z.literal("leak-memory"), bytesPerSecond: bytes, atMostBytes: bytes })
    .describe("Takes memory and never gives it back"),
  z
    .strictObject({ does: z.literal("burn-cpu"), cores: z.int().min(1).max(16).default(1) })
    .describe("Keeps processors busy"),
  z
    .strictObject({
      does: z.literal("fill-disk"),
      bytesPerSecond: bytes,
      atMostBytes: bytes,
      in: z.enum(["cache", "work"]).default("work").describe("What is in `cache` may be removed"),
    })
    .describe("Writes into the session's folder"),
  z
    .strictObject({
      does: z.literal("fork"),
      processes: z.int().min(1).max(500),
      /** They leave its process group, as what wants to outlive it does. */
      leave: z.boolean().default(false),
    })
    .describe("Starts processes"),
  z
    .strictObject({ does: z.literal("hang"), afterMs: milliseconds.default(1) })
    .describe("Gives no sign of life from then on and hears nothing"),
  z
    .strictObject({ does: z.literal("crash"), afterMs: milliseconds.default(1) })
    .describe("Ends with an error"),
]);

/** The script of one agent. */
export const agentScript = z.strictObject({
  behaviour: behaviour.default({ does: "work", everyMs: 1_000, repeats: false }),
  /** It ends neither when it is asked to nor when the orchestrator is gone. */
  stubborn: z.boolean().default(false),
});
export type AgentScript = z.infer<typeof agentScript>;

/** What an agent says of a piece of work: a line of JSON on its standard output. */
export const workReport = z.object({
  outcome: z.enum(["done", "failed"]),
  seconds: z.number().min(0),
  /** What came out, in short. */
  said: z.string().max(200),
});
export type WorkReport = z.infer<typeof workReport>;
