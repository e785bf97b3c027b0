import type { Environment, Platform } from "../../model/model.ts";
import type { LabFolder } from "../folder.ts";
import type { Program } from "../processes.ts";

/** What a part of the lab finds around it. */
export interface Lab {
  folder: LabFolder;
  platform: Platform;
  /** The platform's environment on one machine, at a drill's pace, with the receivers' formats of production. */
  environment: Environment;
  /** Root of the project. */
  project: string;
  replicas: number;
  /** Where another part answers; throws if that has not been started. */
  address(part: string, of?: string): string;
  /** The port that an address had before, so that a part comes back where it was; 0: any free one. */
  port(part: string, of?: string): number;
}

/** One process of the lab: how it is started, where it says that it answers, and how one sees that it does. */
export interface Part {
  name: string;
  title: string;
  /** Parts that must answer first. */
  needs: readonly string[];
  /** Writes its configuration and gives what is to be started. */
  launch(lab: Lab): Promise<Omit<Program, "log">>;
  /** Its addresses, once it has said them in its log. */
  addresses(said: string): Record<string, string> | undefined;
  /** Whether it does its work, not only listens. */
  isHealthy(addresses: Record<string, string>, folder: LabFolder): Promise<boolean>;
  /** Once its process has ended: ends or waits for what outlives that. */
  gone?(folder: LabFolder): Promise<void>;
}

/** Whether an address answers well within two seconds. */
export async function answersWell(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}

/** Of the environment of the command that starts it, what a program needs to run at all. */
export function plainEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: home, TMPDIR: process.env.TMPDIR ?? "/tmp", LANG: "C.UTF-8" };
}
