/**
 * A CEL expression that is exactly this text: https://github.com/cel-expr/cel-spec/blob/master/doc/langdef.md#string-and-bytes-values.
 * Quotes, backslashes and all that is not printable ASCII are written by their code points; half a surrogate pair, which no text of CEL
 * can hold, becomes U+FFFD.
 */
export function celText(text: string): string {
  const escaped = text
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(/[^ !#-[\]-~]/gu, (sign) => `\\U${(sign.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
  return `"${escaped}"`;
}

/** A CEL list of texts. */
export function celTexts(texts: readonly string[]): string {
  return `[${texts.map(celText).join(", ")}]`;
}
