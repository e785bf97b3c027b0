import { startReceivers } from "../receivers.ts";
import { serve } from "../serve.ts";

await serve(async (port) => {
  const { url, close } = await startReceivers(port);
  return { addresses: { url }, stop: close };
});
