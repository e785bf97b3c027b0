import { expect, test } from "vitest";
import { routing } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { alertWithoutOwner } from "./alert-without-owner.ts";

const routed = (critical: ["pager" | "chat" | "heartbeat"]) => ({
  routing: { ...routing, routes: { critical, warning: ["chat" as const] } },
});

test("critical alerts of production go only to a chat, or to a pager", () => {
  expect(said(alertWithoutOwner, routed(["chat"]))).toEqual([
    expect.stringMatching(/^routing\.routes\.critical: in prod \d+ critical alerts wake nobody: chat$/),
  ]);
  expect(said(alertWithoutOwner, routed(["pager"]))).toEqual([]);
});

test("a webhook on this machine reaches nobody in production, another one does", () => {
  const to = (url: string) => ({
    routing: { ...routing, receivers: { ...routing.receivers, chat: { kind: "webhook" as const, url } } },
  });
  expect(said(alertWithoutOwner, to("http://127.0.0.1:9095/chat"))).toEqual([
    expect.stringMatching(/^routing\.routes\.warning: in prod \d+ warning alerts reach nobody: chat$/),
  ]);
  expect(said(alertWithoutOwner, to("https://chat.shop.example"))).toEqual([]);
});
