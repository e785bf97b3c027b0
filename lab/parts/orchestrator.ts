import { join } from "node:path";
import { wallClock } from "../../orchestrator/clock.ts";
import {
  type LocalIssuer,
  openLocalIssuer,
  type TokenRequest,
} from "../../orchestrator/security/local-issuer.ts";
import { endLeftBehind } from "../../orchestrator/sessions/left-behind.ts";
import { type LabFolder, makeFolder } from "../folder.ts";
import { databaseUrl } from "./database.ts";
import { modelProviders } from "./local-servers.ts";
import { writeModels } from "./models.ts";
import { ownProgram, saidReady } from "./own-program.ts";
import { answersWell, type Part } from "./part.ts";

/** Bytes that the lab's evidence may take: few, so that a full disk can be tried. */
export const evidenceBytes = 50_000_000;

const names = { issuer: "urn:fairlead:lab", audience: "orchestrator" };

/** Replica NUMBER of the reference orchestrator, which stands for all services of the platform. */
export function orchestrator(number: number): Part {
  const name = `orchestrator-${number}`;
  return {
    name,
    title: `Orchestrator ${number}`,
    needs: ["database", ...modelProviders.map((provider) => provider.name)],
    async launch(lab) {
      const { publicFolder } = await issuerOf(lab.folder);
      const env = {
        DATABASE_URL: await databaseUrl(lab.folder),
        ORCHESTRATOR_PORT: String(lab.port(name)),
        ORCHESTRATOR_METRICS_PORT: String(lab.port(name, "metrics")),
        ORCHESTRATOR_PLATFORM: lab.platform.name,
        ORCHESTRATOR_PROJECT: lab.project,
        ORCHESTRATOR_KEYS: publicFolder,
        ORCHESTRATOR_TOKEN_ISSUER: names.issuer,
        ORCHESTRATOR_TOKEN_AUDIENCE: names.audience,
        ORCHESTRATOR_MODELS: await writeModels(lab, number),
        ORCHESTRATOR_EVIDENCE: makeFolder(join(lab.folder.path, "evidence")),
        ORCHESTRATOR_EVIDENCE_BYTES: String(evidenceBytes),
        ORCHESTRATOR_SESSIONS: makeFolder(sessionsOf(lab.folder)),
        ORCHESTRATOR_DRILLS: "on",
        ORCHESTRATOR_DRAIN_SECONDS: "5",
      };
      return ownProgram("orchestrator/main.js", lab, { env });
    },
    addresses: saidReady,
    isHealthy: ({ url }) => answersWell(`${url}/readyz`),
    // Agents have process groups of their own; those of an orchestrator that was killed are found by its records alone.
    gone: async (folder) => void (await endLeftBehind(join(sessionsOf(folder), "agents"))),
  };
}

function sessionsOf({ path }: LabFolder): string {
  return join(path, "sessions");
}

/** An access token for the lab's orchestrators, of a user of the project `lab`. */
export async function labToken(folder: LabFolder, user: Omit<TokenRequest, "project">): Promise<string> {
  const issuer = await issuerOf(folder);
  return issuer.issue({ ...user, project: "lab" });
}

/** The issuer of the lab's tokens. Its key is made by the first call, which must have ended before others are made. */
export function issuerOf({ path }: LabFolder): Promise<LocalIssuer> {
  return openLocalIssuer(makeFolder(join(path, "issuer")), { ...names, clock: wallClock });
}
