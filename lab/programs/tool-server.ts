import { startLocalToolServer } from "../../orchestrator/mcp/local-server.ts";
import { serve } from "../serve.ts";

await serve(async (port) => {
  const { url, close } = await startLocalToolServer({ port });
  return { addresses: { url: new URL(url).origin }, stop: close };
});
