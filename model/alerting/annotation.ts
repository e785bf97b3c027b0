// Alert texts are Prometheus templates. Catalog texts may name a label in braces; everything else in them is plain text.
const LABEL = /\{\{\s*\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g;

/** Labels that a text names as `{{ $labels.NAME }}`. */
export function labelsNamed(text: string): string[] {
  return [...text.matchAll(LABEL)].map((match) => match[1] ?? "");
}

/** The text as a Prometheus template: named labels are filled in there, any other braces stay what they are. */
export function annotationTemplate(text: string): string {
  return pieces(
    text,
    (label) => `{{ $labels.${label} }}`,
    (plain) => escapeBraces(plain),
  );
}

/** What Prometheus makes of the text for an alert with these labels. */
export function annotationText(text: string, labels: Record<string, string>): string {
  return pieces(
    text,
    (label) => labels[label] ?? "",
    (plain) => plain,
  );
}

function pieces(text: string, label: (name: string) => string, plain: (text: string) => string): string {
  if (!text.includes("{")) return text;
  let done = 0;
  let out = "";
  for (const match of text.matchAll(LABEL)) {
    out += plain(text.slice(done, match.index)) + label(match[1] ?? "");
    done = match.index + match[0].length;
  }
  return out + plain(text.slice(done));
}

// A brace at the end would join those of the label behind it.
function escapeBraces(plain: string): string {
  return plain.replaceAll("{{", '{{ "{{" }}').replace(/\{$/, '{{ "{" }}');
}
