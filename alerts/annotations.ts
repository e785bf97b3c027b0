import { alertLabels, environmentLabels } from "../model/alerting/alert-labels.ts";
import { annotationTemplate, annotationText } from "../model/alerting/annotation.ts";
import { alertDashboardUrl, runbookUrl } from "../model/links.ts";
import type { Alert, Environment, Platform } from "../model/model.ts";

type Annotations = Record<"summary" | "description" | "runbook_url" | "dashboard_url", string>;

/** The annotations of an alert in an environment: as its rule has them, and as they are shown for a firing alert's labels. */
export function annotationsOf(
  alert: Alert,
  { platform, environment }: { platform: Platform; environment: Environment },
): { template: Annotations; shown: (labels: Record<string, string>) => Annotations } {
  const own = alertLabels(alert, environment);
  const links = {
    runbook_url: runbookUrl(environment, platform.name, alert.name),
    dashboard_url: alertDashboardUrl(environment, platform, alert),
  };
  const texts = (write: (text: string) => string): Annotations => ({
    summary: write(alert.summary),
    description: write(alert.description),
    ...links,
  });
  return {
    get template() {
      return texts((text) => apart(annotationTemplate(withEnvironment(text, own))));
    },
    shown: (labels) => texts((text) => annotationText(text, labels)),
  };
}

// A brace just before a label would be read as part of the label's own braces.
function apart(template: string): string {
  return template.replaceAll("{{{ $labels.", '{{ "{" }}{{ $labels.');
}

// Prometheus fills in only labels of the expression's result. Which environment it is, no text of the catalog can say by itself.
function withEnvironment(text: string, labels: Record<string, string>): string {
  if (!text.includes("{{")) return text;
  return environmentLabels.reduce(
    (written, name) =>
      written.replace(new RegExp(`\\{\\{\\s*\\$labels\\.${name}\\s*\\}\\}`, "g"), () => labels[name] ?? ""),
    text,
  );
}
