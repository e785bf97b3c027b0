import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "./database.ts";
import { startEmbedded } from "./embedded.ts";
import * as ports from "./free-port.ts";

vi.mock("./free-port.ts", { spy: true });

test("a port that somebody takes before PostgreSQL has it is given up for another one", async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  vi.mocked(ports.freePort).mockResolvedValueOnce(port);
  const server = await startEmbedded();
  onTestFinished(() => server.stop());
  expect(new URL(server.url).port).not.toBe(String(port));
  await (await openStore(server.url)).close();
  // A port that was asked for is that one or none.
  await expect(startEmbedded({ port })).rejects.toThrow("PostgreSQL did not start");
});
