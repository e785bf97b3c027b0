/** Replaces every known secret, and whatever has the shape of one, by `[redacted]`. */
export type Scrub = (text: string) => string;

export const redacted = "[redacted]";

/** Property names whose values are never written, wherever they stand in what is logged; for pino's `redact`. */
export const secretProperties: readonly string[] = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "token",
  "apiKey",
  "api_key",
  "privateKey",
  "databaseUrl",
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

// Shapes of secrets as their makers document them; each match is replaced whole, or by its first group and the mark.
const shapes: readonly RegExp[] = [
  // JSON Web Tokens: two or three base64url parts, the first of which begins with {"
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g,
  /\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  // Passwords in URLs.
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'\\]{0,100}:)[^\s@"'\\]{1,200}(?=@)/gi,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
];

/**
 * A scrubber that knows the given secrets, in clear, as JSON writes them, URL-encoded and in base64, besides the shapes of common ones.
 * Secrets of fewer than 6 characters are refused: they would blot out half of every text.
 */
export function scrubber(secrets: readonly string[]): Scrub {
  const short = secrets.filter((secret) => secret.length < 6).length;
  if (short > 0) throw new Error(`${short} secret(s) have fewer than 6 characters: choose longer ones`);
  // The longest first, so that no secret leaves the rest of a longer one behind.
  const spellings = [...new Set(secrets.flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
  const known =
    spellings.length === 0 ? undefined : new RegExp(spellings.map((text) => literally(text)).join("|"), "g");
  return (text) => {
    const withoutKnown = known === undefined ? text : text.replace(known, redacted);
    return shapes.reduce(
      (scrubbed, shape) =>
        scrubbed.replace(shape, (_match, kept) =>
          typeof kept === "string" ? `${kept}${redacted}` : redacted,
        ),
      withoutKnown,
    );
  };
}

function spellingsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  // Without the last characters, which depend on what follows the secret in the encoded text.
  const base64 = Buffer.from(secret).toString("base64");
  const whole = base64.slice(0, Math.floor((Buffer.byteLength(secret) / 3) * 4) - 2);
  return [secret, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(secret), whole].filter(
    ({ length }) => length >= 6,
  );
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
