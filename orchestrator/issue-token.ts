#!/usr/bin/env node
// Prints an access token of the local issuer: for one's own machine, where there is no identity provider.
import { parseArgs } from "node:util";
import { wallClock } from "./clock.ts";
import { openLocalIssuer } from "./security/local-issuer.ts";
import { subjectName } from "./security/principal.ts";

const usage =
  "issue-token --state FOLDER --subject NAME [--project lab] [--role developer]… [--seconds 3600]\n";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      subject: { type: "string" },
      project: { type: "string", default: "lab" },
      role: { type: "string", multiple: true, default: ["developer"] },
      seconds: { type: "string", default: "3600" },
    },
  });
  const subject = subjectName.safeParse(values.subject);
  if (values.state === undefined || !subject.success) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const issuer = await openLocalIssuer(values.state, {
    issuer: process.env.ORCHESTRATOR_TOKEN_ISSUER ?? "urn:fairlead:local",
    audience: process.env.ORCHESTRATOR_TOKEN_AUDIENCE ?? "orchestrator",
    clock: wallClock,
  });
  const { project, role: roles, seconds } = values;
  const token = await issuer.issue({ subject: subject.data, project, roles, seconds: Number(seconds) });
  process.stdout.write(`${token}\n`);
}

await main();
