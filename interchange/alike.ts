// Rules of SLOs that differ in words alone. A file of a thousand SLOs has a handful of forms: the rules of a form are worked out once, with stand-ins
// for the words, and written with each SLO's own.
import { buildModel } from "../model/build.ts";
import type { Artifact, Environment, Platform } from "../model/model.ts";
import { alertName } from "../model/names.ts";
import { formOf, type Member, NAME, PANEL, STAND_IN, sloOfForm } from "./alike-form.ts";
import { sayTargetLabels, specOf } from "./carry.ts";
import { Findings, type Foreign } from "./foreign.ts";
import { declareMetrics } from "./metrics.ts";
import { namesOf } from "./names.ts";
import { type CarriedSlo, platformInput, platformOf } from "./platform.ts";
import { carrySli } from "./sli.ts";

/** A rule file. */
export type RuleText = Pick<Artifact, "path" | "content">;
/** The rule files of a platform in an environment. */
export type WriteRules = (platform: Platform, environment: Environment) => Iterable<RuleText>;

interface Kind {
  form: CarriedSlo;
  members: Member[];
}

/**
 * What `write` writes of the platform of these SLOs; nothing where few of them are alike, or where anything at all is wrong with them, which only the model
 * of the whole platform tells in its place. Warnings go to `findings`.
 */
export function alikeRules(
  foreign: Foreign,
  { platform, findings, write }: { platform: string; findings: Findings; write: WriteRules },
): Iterable<RuleText> | undefined {
  const members = membersOf(foreign, platform);
  const kinds = members && kindsOf(members, platform);
  const texts = kinds && textsOf(kinds, { platform, write });
  if (!texts) return undefined;
  for (const { form, members } of kinds)
    for (const { slo, service } of members)
      sayTargetLabels({ ...form, slo, service }, { platform, findings });
  return filled(texts, members);
}

/** The SLOs, taken apart; nothing unless all of them can be, and have names of their own. */
function membersOf({ slos, services }: Foreign, platform: string): Member[] | undefined {
  const findings = new Findings();
  const names = namesOf(slos, findings);
  if (findings.problems.length > 0 || Object.keys(services).length > 0) return undefined;
  if (new Set(names.map((name) => alertName(name ?? ""))).size < slos.length) return undefined;
  const members: Member[] = [];
  for (const [i, slo] of slos.entries()) {
    const member = formOf(slo, { name: names[i] ?? "", platform });
    if (!member) return undefined;
    members.push(member);
  }
  return members;
}

// To resolve a form costs about what some SLOs cost.
const FEWEST_ALIKE = 5;

function kindsOf(members: readonly Member[], platform: string): Kind[] | undefined {
  const byKey = new Map<string, Member[]>();
  for (const member of members) {
    const alike = byKey.get(member.key);
    if (alike) alike.push(member);
    else byKey.set(member.key, [member]);
  }
  if (byKey.size * FEWEST_ALIKE > members.length) return undefined;
  const kinds: Kind[] = [];
  for (const alike of byKey.values()) {
    const form = carriedForm(alike[0], platform);
    if (!form) return undefined;
    kinds.push({ form, members: alike });
  }
  return kinds;
}

function carriedForm(member: Member | undefined, platform: string): CarriedSlo | undefined {
  const slo = member && sloOfForm(member);
  const findings = new Findings();
  const sli = slo && carrySli(slo, { platform, findings });
  if (!sli || findings.problems.length > 0) return undefined;
  return { name: NAME, service: slo.service, terms: sli.terms, spec: specOf(slo, sli.sli) };
}

/** The rule files of each form, in pieces; those that are no SLO's as they are. */
interface Texts {
  ofForms: Map<string, { path: string[]; content: string[] }>;
  others: RuleText[];
}

function textsOf(
  kinds: readonly Kind[],
  { platform, write }: { platform: string; write: WriteRules },
): Texts | undefined {
  const metrics = declaredBy(kinds);
  const texts: Texts = { ofForms: new Map(), others: [] };
  for (const { form, members } of kinds) {
    const files = rulesOfForm(form, { platform, metrics, write });
    const own = files?.find(({ path }) => path.includes(NAME));
    if (!files || !own) return undefined;
    texts.ofForms.set(members[0]?.key ?? "", {
      path: own.path.split(STAND_IN),
      content: own.content.replace(/(?<=\?viewPanel=panel-)1$/gm, PANEL).split(STAND_IN),
    });
    texts.others = files.filter((file) => file !== own);
  }
  return texts;
}

type Metrics = ReturnType<typeof declareMetrics>;

/** The metrics of all SLOs, as the services' own names declare them. */
function declaredBy(kinds: readonly Kind[]): Metrics {
  return declareMetrics(
    kinds.flatMap(({ form: { terms }, members }) =>
      [...new Set(members.map(({ service }) => service))].map((service) => ({ service, terms })),
    ),
  );
}

// A service beside the form's own: a query of a metric that several services have says whose it reads.
const ANOTHER = "zqqz";

function rulesOfForm(
  form: CarriedSlo,
  { platform, metrics, write }: { platform: string; metrics: Metrics; write: WriteRules },
): RuleText[] | undefined {
  const data = platformOf(platform, [form], new Map());
  const declared = Object.entries(metrics).map(([name, metric]) => {
    const isRead = Object.hasOwn(data.metrics, name);
    const isShared = Array.isArray(metric.services) && metric.services.length > 1;
    const services = [...(isRead ? [form.service] : []), ...(isShared || !isRead ? [ANOTHER] : [])];
    return [name, { ...metric, services }] as const;
  });
  const another = data.services[form.service] ?? {};
  const input = platformInput({
    ...data,
    services: { ...data.services, [ANOTHER]: another },
    metrics: Object.fromEntries(declared),
  });
  const { model, problems } = buildModel({
    platforms: [{ name: platform, value: input }],
    policies: [],
    requirements: [],
    locate: () => undefined,
  });
  if (problems.length > 0) return undefined;
  return model.platforms.flatMap((one) =>
    one.environments.flatMap((environment) => [...write(one, environment)]),
  );
}

function* filled({ ofForms, others }: Texts, members: readonly Member[]): Generator<RuleText> {
  const services = [...new Set(members.map(({ service }) => service))].sort();
  // A dashboard's panels count from 1.
  const panels = new Map(services.map((service, i) => [service, String(i + 1)]));
  for (const { name, service, key, words } of members) {
    const form = ofForms.get(key);
    if (!form) continue;
    const own = new Map([...words, [PANEL, panels.get(service) ?? ""], [alertName(NAME), alertName(name)]]);
    const fill = (pieces: readonly string[]) => {
      let text = "";
      // Every second piece is a stand-in.
      for (const [i, piece] of pieces.entries()) text += i % 2 === 1 ? (own.get(piece) ?? "") : piece;
      return text;
    };
    yield { path: fill(form.path), content: fill(form.content) };
  }
  yield* others;
}
