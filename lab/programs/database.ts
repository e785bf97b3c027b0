// PostgreSQL with its data in LAB_DATA. What connects reads the URL, with its password, from the file `url` beside it.
import { writeFile } from "node:fs/promises";
import { startEmbedded } from "../../orchestrator/store/embedded.ts";
import { serve } from "../serve.ts";

await serve(async (port) => {
  const folder = process.env.LAB_DATA;
  if (folder === undefined) throw new Error("LAB_DATA names the folder of the data");
  // One transaction may be left open without a connection: a fault of the drill.
  const settings = ["max_prepared_transactions=1"];
  const { url, stop } = await startEmbedded({ folder, settings, ...(port > 0 && { port }) });
  await writeFile(process.env.LAB_URL_FILE ?? "", `${url}\n`, { mode: 0o600 });
  const shown = new URL(url);
  shown.password = "";
  return { addresses: { url: shown.href }, stop };
});
