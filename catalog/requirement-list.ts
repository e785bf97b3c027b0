import { z } from "zod";
import { line, prose, requirement } from "./text.ts";

const file = z
  .string()
  .regex(/^[a-zA-Z0-9._-]+(\/[a-zA-Z0-9._-]+)*$/, "must be a file of the project, relative to its root")
  .refine((path) => !path.split("/").includes(".."), "must not hold '..'");

/** What a project's platforms must do, by id: `catalog/requirements.yaml`. Entries of the catalog name the ids that they meet. */
export const requirementList = z.record(
  requirement,
  z.strictObject({
    /** The need in one line. */
    need: line,
    /** Pages that meet it, or a part of it, by what they explain; each must name the id. */
    documents: z.array(file).default([]),
    /** What is still missing. Without it the requirement must be met by an entry or a document. */
    open: prose.optional(),
  }),
);

/** JSON Schema (draft-07) of the list, for editors and for ajv. */
export function requirementListJsonSchema(): object {
  return z.toJSONSchema(requirementList, { target: "draft-7", io: "input" });
}
