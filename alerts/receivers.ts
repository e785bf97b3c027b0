import type { Environment, ReceiverSpec } from "../model/model.ts";

/** One Alertmanager receiver with the integrations of all the catalog's receivers that are named. */
export function receiverOf(
  name: string,
  receivers: readonly string[],
  { environment, sendResolved }: { environment: Environment; sendResolved: boolean },
): object {
  const integrations = new Map<string, object[]>();
  for (const receiver of receivers) {
    const spec = environment.receivers[receiver];
    if (!spec) continue;
    const [kind, settings] = integration(spec, environment.name);
    integrations.set(kind, [...(integrations.get(kind) ?? []), { send_resolved: sendResolved, ...settings }]);
  }
  return { name, ...Object.fromEntries([...integrations].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function integration(spec: ReceiverSpec, environment: string): [kind: string, settings: object] {
  switch (spec.kind) {
    case "pagerduty":
      return [
        "pagerduty_configs",
        { routing_key_file: secretFile(spec.routingKey), ...pagerdutyText(environment) },
      ];
    case "slack":
      return [
        "slack_configs",
        { api_url_file: secretFile(spec.webhook), channel: spec.channel, ...slackText(environment) },
      ];
    case "webhook":
      // Newer versions of Alertmanager read the URL as a template.
      return ["webhook_configs", { url: spec.url.replaceAll("{", "%7B").replaceAll("}", "%7D") }];
    case "webhook-secret":
      return ["webhook_configs", { url_file: secretFile(spec.address) }];
  }
}

/** Where the Prometheus operator mounts the Secrets that an Alertmanager resource names. */
function secretFile({ secret, key }: { secret: string; key: string }): string {
  return `/etc/alertmanager/secrets/${secret}/${key}`;
}

// Alertmanager's templates. A group holds alerts of one name and one service, so its links are common to all of them.
const RUNBOOK = "{{ .CommonAnnotations.runbook_url }}";
const DASHBOARD = "{{ .CommonAnnotations.dashboard_url }}";
const SUMMARIES = "{{ range .Alerts.Firing }}{{ .Annotations.summary }}\n{{ end }}";
const FIRST = (annotation: string) => `{{ with index .Alerts 0 }}{{ .Annotations.${annotation} }}{{ end }}`;

/** Which alert, of what and where: "QueueDeep (shop/api in prod)". */
function subject(environment: string): string {
  return `{{ .CommonLabels.alertname }} ({{ .CommonLabels.platform }}/{{ .CommonLabels.service }} in ${environment})`;
}

function pagerdutyText(environment: string): object {
  return {
    description: `${subject(environment)}: ${FIRST("summary")}`,
    severity: "{{ .CommonLabels.severity }}",
    class: "{{ .CommonLabels.alertname }}",
    component: "{{ .CommonLabels.service }}",
    group: "{{ .CommonLabels.platform }}",
    details: {
      environment,
      description: FIRST("description"),
      firing: SUMMARIES,
      runbook: RUNBOOK,
      dashboard: DASHBOARD,
      team: "{{ .CommonLabels.team }}",
    },
    links: [
      { href: RUNBOOK, text: "Runbook" },
      { href: DASHBOARD, text: "Dashboard" },
    ],
  };
}

function slackText(environment: string): object {
  const count = '{{ if eq .Status "firing" }}: {{ .Alerts.Firing | len }}{{ end }}';
  return {
    color:
      '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}',
    title: `[{{ .Status | toUpper }}${count}] ${subject(environment)}`,
    title_link: RUNBOOK,
    text: "{{ range .Alerts }}*{{ .Annotations.summary }}*\n{{ .Annotations.description }}\n{{ end }}",
    actions: [
      { type: "button", text: "Runbook", url: RUNBOOK },
      { type: "button", text: "Dashboard", url: DASHBOARD },
    ],
  };
}
