import { join } from "node:path";
import { wallClock } from "../../orchestrator/clock.ts";
import {
  type LocalIssuer,
  openLocalIssuer,
  type TokenRequest,
} from "../../orchestrator/security/local-issuer.ts";
import { type LabFolder, makeFolder } from "../folder.ts";
import { databaseUrl } from "./database.ts";
import { ownProgram, saidReady } from "./own-program.ts";
import { answersWell, type Part } from "./part.ts";

const names = { issuer: "urn:fairlead:lab", audience: "orchestrator" };

/** Replica NUMBER of the reference orchestrator, which stands for all services of the platform. */
export function orchestrator(number: number): Part {
  const name = `orchestrator-${number}`;
  return {
    name,
    title: `Orchestrator ${number}`,
    needs: ["database", "model-provider", "tool-server"],
    async launch(lab) {
      const { publicFolder } = await issuerOf(lab.folder);
      return ownProgram("orchestrator/main.js", lab, {
        DATABASE_URL: await databaseUrl(lab.folder),
        ORCHESTRATOR_PORT: String(lab.port(name)),
        ORCHESTRATOR_METRICS_PORT: String(lab.port(name, "metrics")),
        ORCHESTRATOR_PLATFORM: lab.platform.name,
        ORCHESTRATOR_PROJECT: lab.project,
        ORCHESTRATOR_KEYS: publicFolder,
        ORCHESTRATOR_TOKEN_ISSUER: names.issuer,
        ORCHESTRATOR_TOKEN_AUDIENCE: names.audience,
        ORCHESTRATOR_EVIDENCE: makeFolder(join(lab.folder.path, "evidence")),
        ORCHESTRATOR_DRAIN_SECONDS: "5",
      });
    },
    addresses: saidReady,
    isHealthy: ({ url }) => answersWell(`${url}/readyz`),
  };
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
