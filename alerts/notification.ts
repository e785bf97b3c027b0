// What a person reads when an alert comes, as Alertmanager's templates. A message holds alerts of one name, one service and one
// environment, so its links are common to all of them.
const RUNBOOK = "{{ .CommonAnnotations.runbook_url }}";
const DASHBOARD = "{{ .CommonAnnotations.dashboard_url }}";
const SUMMARIES = "{{ range .Alerts.Firing }}{{ .Annotations.summary }}\n{{ end }}";
const COUNT = '{{ if eq .Status "firing" }}: {{ .Alerts.Firing | len }}{{ end }}';
const COLOR =
  '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}';

/** Which alert, of what and where: "QueueDeep (shop/api in prod)". */
const SUBJECT =
  "{{ .CommonLabels.alertname }} ({{ .CommonLabels.platform }}/{{ .CommonLabels.service }} in {{ .CommonLabels.environment }})";

function first(annotation: string): string {
  return `{{ with index .Alerts 0 }}{{ .Annotations.${annotation} }}{{ end }}`;
}

/** Texts by the kind of receiver. A webhook needs none: it is sent all labels and annotations as they are. */
export const NOTIFICATION = {
  pagerduty: {
    description: `${SUBJECT}: ${first("summary")}`,
    severity: "{{ .CommonLabels.severity }}",
    class: "{{ .CommonLabels.alertname }}",
    component: "{{ .CommonLabels.service }}",
    group: "{{ .CommonLabels.platform }}",
    details: {
      environment: "{{ .CommonLabels.environment }}",
      description: first("description"),
      firing: SUMMARIES,
      runbook: RUNBOOK,
      dashboard: DASHBOARD,
      team: "{{ .CommonLabels.team }}",
    },
    links: [
      { href: RUNBOOK, text: "Runbook" },
      { href: DASHBOARD, text: "Dashboard" },
    ],
  },
  slack: {
    color: COLOR,
    title: `[{{ .Status | toUpper }}${COUNT}] ${SUBJECT}`,
    titleLink: RUNBOOK,
    text: "{{ range .Alerts }}*{{ .Annotations.summary }}*\n{{ .Annotations.description }}\n{{ end }}",
    actions: [
      { type: "button", text: "Runbook", url: RUNBOOK },
      { type: "button", text: "Dashboard", url: DASHBOARD },
    ],
  },
};
