/** Protocols that Git may speak: no remote may name a program to run (`ext::`). */
export const allowedProtocols = "file:git:http:https:ssh";

/** Why a remote is not taken, as the end of a sentence that begins with "the remote"; nothing if it is. */
export function remoteFault(remote: string): string | undefined {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(remote)) return "must be one line without control characters";
  if (remote.startsWith("-")) return "must not begin with a dash, which Git would take for an option";
  if (/^[\w+.-]+::/.test(remote)) return "must not name a remote helper, which could run any program";
  const scheme = /^([a-z][\w+.-]*):\/\//i.exec(remote)?.[1]?.toLowerCase();
  if (scheme === undefined) return undefined;
  if (!allowedProtocols.split(":").includes(scheme)) return `must not have the protocol ${scheme}`;
  if (!URL.canParse(remote)) return "must be a URL, host:path or a path";
  return new URL(remote).hostname.startsWith("-")
    ? "must not have a host that begins with a dash"
    : undefined;
}

/** Whether a remote is a folder of this machine, written as a path. */
export function isPath(remote: string): boolean {
  return !/^[^/]*:/.test(remote);
}
