import { startLocalProvider } from "../../orchestrator/providers/local-provider.ts";
import { serve } from "../serve.ts";

await serve(async (port) => {
  const { baseUrl, close } = await startLocalProvider({ port });
  return { addresses: { url: new URL(baseUrl).origin }, stop: close };
});
