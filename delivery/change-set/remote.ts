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

/**
 * A remote as it may be shown and kept: without user and query where it is http, since tokens are written there, and without a
 * password anywhere.
 */
export function withoutSecrets(remote: string): string {
  const [, scheme = "", user, rest = ""] = /^([a-z][\w+.-]*:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(remote) ?? [];
  if (scheme === "") return remote;
  const isSsh = scheme.toLowerCase() === "ssh://";
  const shown = user === undefined ? "" : isSsh ? `${user.replace(/:.*/s, ":***")}@` : "***@";
  return `${scheme}${shown}${rest.replace(/\?.*/s, "?***")}`;
}

/**
 * Takes the secrets of remotes out of whatever Git or a check says. What stands before an @ in any URL goes too: Git follows redirects to
 * addresses that nobody wrote down.
 */
export function scrubberOf(remotes: readonly string[]): (text: string) => string {
  const secrets = [...new Set(remotes.flatMap(secretsOf))].sort((a, b) => b.length - a.length);
  return (text) => {
    const whole = remotes.reduce((all, remote) => all.replaceAll(remote, withoutSecrets(remote)), text);
    const masked = secrets.reduce((all, secret) => all.replaceAll(secret, "***"), whole);
    return masked.replace(/\b([a-z][\w+.-]*:\/\/)([^\s/?#@]*)@/gi, (url, scheme, user) =>
      /^ssh:/i.test(scheme) && !user.includes(":") ? url : `${scheme}***@`,
    );
  };
}

function secretsOf(remote: string): string[] {
  if (withoutSecrets(remote) === remote || !URL.canParse(remote)) return [];
  const { protocol, username, password, search, searchParams } = new URL(remote);
  const user = protocol === "ssh:" ? [] : [username];
  const written = [...user, password, search.slice(1), ...searchParams.values()];
  // A user of one letter would mask every such letter of a log.
  return written.flatMap((one) => [one, decoded(one)]).filter((one) => one.length > 3);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
