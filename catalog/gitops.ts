import { z } from "zod";
import { baseUrl, slug } from "./text.ts";

/** A branch, tag or remote: what Git allows in a name, without what a shell or a URL takes for its own. */
export const gitName = z
  .string()
  .regex(
    /^(?!.*(\.\.|\/\/|\.lock$))[a-zA-Z0-9_]([a-zA-Z0-9._/-]{0,126}[a-zA-Z0-9_-])?$/,
    "must be a name of Git's",
  )
  .meta({ examples: ["main"] });

/** How a GitOps controller keeps an environment as Git says, in place of `fairlead apply`. */
export const gitops = z
  .strictObject({
    /** Where the controller reads the project, without credentials: it has its own. */
    repository: z
      .string()
      .regex(
        /^(https|ssh):\/\/([a-z_][a-z0-9_-]{0,31}@)?[a-zA-Z0-9.-]+(:\d{1,5})?(\/[a-zA-Z0-9._~-]+)+$/,
        "must be an https or ssh URL of a repository, without a password",
      )
      .meta({ examples: ["https://git.example/platforms/shop.git"] }),
    /** What of it is followed. */
    revision: z.union(
      [
        z.strictObject({ branch: gitName }),
        z.strictObject({ tag: gitName }),
        z.strictObject({
          commit: z
            .string()
            .regex(/^[a-f0-9]{40}$/, "must be 40 hexadecimal digits")
            .meta({ examples: ["0".repeat(40)] }),
        }),
      ],
      'must be one of { branch }, { tag } and { commit }, such as { branch: "main" }',
    ),
    /** The project's folder in the repository. */
    folder: z
      .string()
      .regex(
        /^(\.|[a-zA-Z0-9_-][a-zA-Z0-9._-]*(\/[a-zA-Z0-9_-][a-zA-Z0-9._-]*)*)$/,
        "must be a relative folder",
      )
      .default("."),
    /** The release that is deployed, where the cluster asks for a signed one. */
    release: z
      .string()
      .regex(/^sha256:[a-f0-9]{64}$/, "must be sha256: and 64 hexadecimal digits")
      .meta({ examples: [`sha256:${"0".repeat(64)}`] })
      .optional(),
    argocd: z
      .strictObject({
        /** Namespace of Argo CD. */
        namespace: slug.default("argocd"),
        /** The API server that it deploys to, as Argo CD knows it; its own unless told. */
        server: baseUrl.default("https://kubernetes.default.svc"),
      })
      .optional(),
    flux: z
      .strictObject({
        /** Namespace that Flux' objects are kept in. */
        namespace: slug.default("flux-system"),
        /** Secret there with what opens the repository. */
        credentials: slug.optional(),
        /** Secret there with the kubeconfig of another cluster. */
        kubeConfig: slug.optional(),
        /** Service account there in whose name Flux applies; its own rights unless told. */
        serviceAccount: slug.optional(),
      })
      .optional(),
  })
  .refine(({ argocd, flux }) => argocd ?? flux, "must say argocd, flux or both, such as argocd: {}")
  .meta({
    examples: [
      { repository: "https://git.example/platforms/shop.git", revision: { branch: "main" }, argocd: {} },
    ],
  });

export type GitopsSpec = z.output<typeof gitops>;
