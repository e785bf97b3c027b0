import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("./page.css", import.meta.url), "utf8");
const [light = "", dark = ""] = [...css.matchAll(/:root \{([^}]*)\}/g)].map((match) => match[1]);
const color = (theme: string, name: string) =>
  new RegExp(`--${name}: #([0-9a-f]{6});`).exec(theme)?.[1] ?? "";

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((i) => {
      const part = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

test.each([
  ["text", "page"],
  ["text", "box"],
  ["quiet", "page"],
  ["quiet", "box"],
  ["link", "page"],
  ["link", "box"],
  ["critical", "page"],
  ["warning", "page"],
  ["on-mark", "critical"],
  ["on-mark", "warning"],
  ["on-mark", "quiet"],
])("%s on %s can be read by day and by night: contrast of at least 4.5 (WCAG 2.2 AA)", (front, back) => {
  expect(contrast(color(light, front), color(light, back))).toBeGreaterThanOrEqual(4.5);
  expect(contrast(color(dark, front), color(dark, back))).toBeGreaterThanOrEqual(4.5);
});
