import { keepNothing } from "../model/kept.ts";
import { loadProject, type Project, restrict, selectedOf } from "../model/project.ts";
import { compareOutput, type Difference } from "../output/compare.ts";
import { generateAll } from "../output/generators.ts";
import { isInQuestion, isSelected } from "../output/scope.ts";
import { writeOutput } from "../output/write.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { printData, printNote } from "./terminal.ts";

export interface GenerateOptions {
  check?: boolean;
  /** Of every environment, not only of those that are delivered from Git. */
  manifests?: boolean;
  platform?: string[];
  env?: string[];
  format: "text" | "json";
}

/** `fairlead generate [--check] [--manifests]`. */
export async function generate(options: GenerateOptions): Promise<number> {
  keepNothing();
  const project = await loadProject(process.cwd(), { platforms: options.platform });
  await printProblems(project.problems);
  const selected = selectedOf(project, options);
  const mine = (path: string) =>
    (options.manifests || isInQuestion(path, project.model)) &&
    isSelected(path, selected, project.environments);
  // What belongs to no platform alone is out of scope once one is named, so it and the others need not be generated.
  const { platforms } = selected;
  const part = { ...restrict(project.model, platforms ? { platforms } : {}), fleet: project.model.platforms };
  const artifacts = await generateAll(part, {
    withRequirements: platforms === undefined,
    ...(options.manifests && { manifestsOf: ({ name }) => selected.environments?.includes(name) ?? true }),
  });
  const differences = await (options.check ? compareOutput : writeOutput)(project.root, artifacts, mine);
  const count = artifacts.filter((a) => mine(a.path)).length;
  if (options.format === "json") {
    printData(
      JSON.stringify(
        { files: count, [options.check ? "differs" : "changed"]: differences.map(plain) },
        undefined,
        2,
      ),
    );
  } else if (options.check) reportDifferences(project, differences);
  else printNote(summary(count, differences));
  return options.check && differences.length > 0 ? exitCodes.problems : exitCodes.done;
}

const plain = ({ path, kind, line, origin }: Difference) => ({ path, kind, line, from: origin?.label });

function summary(count: number, differences: readonly Difference[]): string {
  const of = (kind: Difference["kind"]) => differences.filter((d) => d.kind === kind).length;
  const changes = [`${of("missing")} new`, `${of("changed")} changed`, `${of("stale")} removed`].join(", ");
  const removed = differences.filter((d) => d.kind === "stale").map((d) => `\n  removed ${d.path}`);
  return `${count} files in generated/: ${changes}${removed.join("")}`;
}

const WHY = {
  missing: "is not there",
  changed: "is not what the catalog says",
  stale: "is not generated from anything any more",
} as const;

function reportDifferences(project: Project, differences: readonly Difference[]): void {
  for (const { path, kind, line, origin } of differences) {
    printData(`${path} ${WHY[kind]}`);
    if (line) {
      printData(`  line ${line.number} is         ${line.is?.trim() ?? "(end of file)"}`);
      printData(`  line ${line.number} should be  ${line.should?.trim() ?? "(end of file)"}`);
    }
    const place = origin && project.locate({ platform: origin.platform, path: origin.path });
    if (place) printData(`  from ${place.file}:${place.line}:${place.column}, ${origin.label}`);
  }
  printNote(
    differences.length === 0
      ? "generated/ is what the catalog says"
      : `${differences.length} files differ: the catalog changed, or somebody edited them by hand. Run fairlead generate and commit.`,
  );
}
