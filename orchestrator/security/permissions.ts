import type { Principal } from "./principal.ts";
import { Refusal } from "./refusal.ts";

const reading = [
  "workflow:read",
  "run:read",
  "approval:read",
  "agent:read",
  "event:read",
  "mode:read",
  "flag:read",
  "status:read",
] as const;

export type Permission =
  | (typeof reading)[number]
  | "workflow:write"
  | "workflow:delete"
  | "run:start"
  | "run:cancel"
  | "approval:decide"
  | "agent:register"
  | "agent:heartbeat"
  | "agent:remove"
  | "mode:change"
  | "flag:change"
  | "drill:start"
  | "audit:read";

/**
 * What each role may do. A role that is not here gives no permission, but may be the one that an approval asks for: who decides needs
 * both, the permission and the approval's own role.
 */
export const roles: Readonly<Record<string, readonly Permission[]>> = {
  viewer: reading,
  developer: [...reading, "workflow:write", "workflow:delete", "run:start", "run:cancel"],
  approver: [...reading, "approval:decide"],
  agent: ["agent:read", "agent:register", "agent:heartbeat"],
  operator: [
    ...reading,
    "run:cancel",
    "agent:register",
    "agent:remove",
    "mode:change",
    "flag:change",
    "drill:start",
  ],
  auditor: [...reading, "audit:read"],
};

/** Throws a Refusal that names the roles with the permission if none of the bearer's roles has it. */
export function requirePermission(principal: Principal, permission: Permission): void {
  const allowed = principal.roles.some(
    (role) => Object.hasOwn(roles, role) && roles[role]?.includes(permission),
  );
  if (allowed) return;
  const having = Object.keys(roles).filter((role) => roles[role]?.includes(permission));
  throw new Refusal("forbidden", `this needs the permission ${permission}`, {
    why: "no-permission",
    fix: `use a token with one of the roles ${having.join(", ")}`,
  });
}

/** Who decides has the role that the approval asks for, and is never the one whose run waits for it (CC-7). */
export function requireApprover(principal: Principal, approval: { role: string; requestedBy: string }): void {
  if (principal.subject === approval.requestedBy) {
    throw new Refusal("forbidden", "nobody decides on a run of their own", {
      why: "no-permission",
      fix: "ask another person with the role to decide",
    });
  }
  if (!principal.roles.includes(approval.role)) {
    throw new Refusal("forbidden", `this approval needs the role ${approval.role}`, {
      why: "no-permission",
      fix: `ask a person who has the role ${approval.role}`,
    });
  }
}
