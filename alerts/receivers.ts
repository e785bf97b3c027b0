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
    const [kind, settings] = integration(spec);
    integrations.set(kind, [...(integrations.get(kind) ?? []), { send_resolved: sendResolved, ...settings }]);
  }
  return { name, ...Object.fromEntries([...integrations].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function integration(spec: ReceiverSpec): [kind: string, settings: object] {
  switch (spec.kind) {
    case "pagerduty":
      return ["pagerduty_configs", { routing_key_file: secretFile(spec.routingKey), ...pagerdutyText }];
    case "slack":
      return [
        "slack_configs",
        { api_url_file: secretFile(spec.webhook), channel: spec.channel, ...slackText },
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

const pagerdutyText = {
  description:
    "{{ .CommonLabels.alertname }} ({{ .CommonLabels.service }}): {{ with index .Alerts 0 }}{{ .Annotations.summary }}{{ end }}",
  severity: "{{ .CommonLabels.severity }}",
  class: "{{ .CommonLabels.alertname }}",
  component: "{{ .CommonLabels.service }}",
  group: "{{ .CommonLabels.platform }}",
  details: {
    description: "{{ with index .Alerts 0 }}{{ .Annotations.description }}{{ end }}",
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

const slackText = {
  color:
    '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}',
  title:
    '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}: {{ .Alerts.Firing | len }}{{ end }}] {{ .CommonLabels.alertname }} ({{ .CommonLabels.service }}, {{ .CommonLabels.severity }})',
  title_link: RUNBOOK,
  text: "{{ range .Alerts }}*{{ .Annotations.summary }}*\n{{ .Annotations.description }}\n{{ end }}",
  actions: [
    { type: "button", text: "Runbook", url: RUNBOOK },
    { type: "button", text: "Dashboard", url: DASHBOARD },
  ],
};
