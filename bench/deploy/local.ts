// How long cdktf takes to deploy WeatherVane's local environment to an empty cluster of its own, until every pod is available, and to destroy it
// again: init, plan and apply of three stacks; the start of the cluster is not in it. Prints JSON.
import { loadProject } from "../../model/project.ts";
import { packageFile } from "../../package-root.ts";
import { deployLocally } from "../../stacks/deploy-local/deployment.ts";

const root = process.cwd();
const { model } = await loadProject(root, { platforms: ["weathervane"] });
const places = model.platforms.flatMap((platform) =>
  platform.environments
    .filter(({ name }) => platform.name === "weathervane" && name === "local")
    .map((environment) => ({ platform, environment })),
);
const [times] = await deployLocally({
  places,
  projectRoot: root,
  app: `"${process.execPath}" "${packageFile("dist/stacks/main.js")}"`,
  signal: new AbortController().signal,
  say: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(times)}\n`);
