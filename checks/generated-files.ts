import type { Artifact } from "../model/model.ts";

const PATTERNS = {
  rules: /^generated\/alerts\/(?<platform>[^/]+)\/(?<environment>[^/]+)\/rules\/[^/]+\.yaml$/,
  ruleTests: /^generated\/alerts\/(?<platform>[^/]+)\/tests\/[^/]+\.yaml$/,
  prometheus: /^generated\/alerts\/(?<platform>[^/]+)\/(?<environment>[^/]+)\/prometheus\.yaml$/,
  alertmanager: /^generated\/alerts\/(?<platform>[^/]+)\/(?<environment>[^/]+)\/alertmanager\.yaml$/,
  dashboards: /^generated\/dashboards\/(?<platform>[^/]+)\/(?<environment>[^/]+)\/[^/]+\.json$/,
  fleetDashboards: /^generated\/dashboards\/fleet\/[^/]+\.json$/,
  runbooks: /^generated\/runbooks\/(.+\/)?[^/]+\.(html|md)$/,
  flags: /^generated\/flags\/(?<platform>[^/]+)\/[^/]+\/[^/]+\.json$/,
  loadScripts: /^generated\/load-tests\/(?<platform>[^/]+)\/[^/]+\/script\.js$/,
  loadProfiles: /^generated\/load-tests\/(?<platform>[^/]+)\/[^/]+\/profile\.json$/,
  services: /^generated\/stacks\/(?<platform>[^/]+)\/(?<environment>[^/]+)\/services\.tf\.json$/,
  gates: /^generated\/policies\/(?<platform>[^/]+)\/[^/]+\.json$/,
} as const;

/** An artifact, and whose it is as far as its path says. */
export interface GeneratedFile extends Artifact {
  platform: string;
  environment: string;
}

/** The artifacts of one kind. */
export function filesOf(kind: keyof typeof PATTERNS, artifacts: readonly Artifact[]): GeneratedFile[] {
  return artifacts.flatMap((artifact) => {
    const match = PATTERNS[kind].exec(artifact.path);
    if (!match) return [];
    const { platform = "", environment = "" } = match.groups ?? {};
    return [{ ...artifact, platform, environment }];
  });
}
