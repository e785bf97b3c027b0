// A load by one k6, or by several that share it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Prometheus } from "../../live/prometheus.ts";
import { profileOf } from "../../load-tests/profile.ts";
import { UsageError } from "../../problems/problem.ts";
import { type Aim, type Preparation, type Prepared, prepare, runK6 } from "./k6.ts";
import type { Summary } from "./result.ts";
import { together } from "./together.ts";

/** A profile's load, divided among runners and ready to run. */
export interface Shared {
  preparation: Preparation;
  testId: string;
  runners: Prepared[];
}

/** A run of a shared load. */
export interface SharedLoad {
  aim: Aim;
  prometheus?: Prometheus | undefined;
  signal: AbortSignal;
  onStart: (pid: number) => void;
}

/** Divides a load: each runner gets a folder below the preparation's, and every sample the label `testid`. Throws a ProblemsError where it cannot. */
export async function share(
  k6: string,
  preparation: Preparation,
  { runners, testId }: { runners: number; testId: string },
): Promise<Shared> {
  const numbers = Array.from({ length: runners }, (_, index) => index + 1);
  const prepared = await Promise.all(
    numbers.map((number) =>
      prepare(k6, {
        ...preparation,
        folder: join(preparation.folder, `runner-${number}`),
        tags: { testid: testId, runner: String(number) },
        runner: { number, of: runners },
      }),
    ),
  );
  return { preparation, testId, runners: prepared };
}

/** Runs all runners to their end; `endedAt` is when the last one had ended. When one of them breaks the others are ended, and its ProblemsError is thrown. */
export async function runShared(
  k6: string,
  { preparation, testId, runners }: Shared,
  { aim, prometheus, signal, onStart }: SharedLoad,
): Promise<{ summary: Summary; runners: Summary[]; endedAt: Date }> {
  const broken = new AbortController();
  const from = new Date();
  const running = runners.map((one) =>
    runK6(k6, one, { aim, onStart, signal: AbortSignal.any([signal, broken.signal]) }).catch((error) => {
      broken.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(running);
  const endedAt = new Date();
  if (broken.signal.aborted) throw broken.signal.reason;
  const alone = await Promise.all(running);
  const [only] = alone;
  const { platform, profile, folder } = preparation;
  const { thresholds } = profileOf(platform, profile).options;
  const isShared = alone.length > 1 && prometheus !== undefined;
  const summary = isShared ? await together({ prometheus, testId, from, thresholds }, alone) : only;
  if (!summary) throw new Error("nothing ran");
  await mkdir(folder, { recursive: true });
  const told = { platform, profile: profile.name, ...summary };
  await writeFile(join(folder, "summary.json"), `${JSON.stringify(told, null, 2)}\n`);
  return { summary, runners: isShared ? alone : [], endedAt };
}

/** Throws a UsageError where a load cannot be shared among so many. */
export function refuseRunners(
  { profile }: Pick<Preparation, "profile">,
  { runners, prometheus }: { runners: number; prometheus?: string | undefined },
): void {
  if (runners === 1) return;
  const because =
    prometheus === undefined
      ? "their thresholds are judged in Prometheus, and none is named"
      : profile.untilFailure
        ? `${profile.name} ends when a threshold fails, which no runner alone can tell`
        : runners > profile.arrivals.maxUsers
          ? `${profile.name} has ${profile.arrivals.maxUsers} users`
          : undefined;
  if (because === undefined) return;
  throw new UsageError([
    {
      rule: "lab/runners",
      severity: "error",
      message: `${runners} runners cannot share the load: ${because}`,
      fix: "leave --runners out, or take fewer; with --url add --prometheus",
    },
  ]);
}
