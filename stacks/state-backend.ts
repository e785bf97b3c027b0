import { TerraformBackend, type TerraformRemoteState } from "cdktf";
import type { Construct } from "constructs";
import type { BackendSpec } from "../model/model.ts";

/** Where a stack's state is kept: the environment's backend, and the stack's id as the key. */
export interface StateConfig {
  backend: BackendSpec;
  key: string;
  /** Kubeconfig context of the environment, for state that is kept in its cluster. */
  context: string;
  /** Folder of local state as seen from the stack's own folder; never absolute, or the plan would differ by machine. */
  folder: string;
}

/**
 * The backend of one stack. cdktf has no class for Kubernetes, and without any backend it writes the absolute working
 * folder into the stack; so one class stands for the four that a catalog can name.
 */
export class StateBackend extends TerraformBackend {
  readonly #config: StateConfig;

  constructor(scope: Construct, config: StateConfig) {
    super(scope, "backend", config.backend.kind);
    this.#config = config;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(this.#config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return attributesOf(this.#config);
  }

  override getRemoteStateDataSource(): TerraformRemoteState {
    throw new Error(
      "stacks do not read each other's state: every name they share is known before Terraform runs",
    );
  }
}

function attributesOf({ backend, key, context, folder }: StateConfig): Record<string, unknown> {
  switch (backend.kind) {
    case "local":
      return { path: `${folder}/${key}.tfstate` };
    case "s3":
      return {
        bucket: backend.bucket,
        region: backend.region,
        key: `${key}.tfstate`,
        encrypt: true,
        ...(backend.lockTable ? { dynamodb_table: backend.lockTable } : { use_lockfile: true }),
        ...(backend.endpoint && otherStore(backend.endpoint)),
      };
    case "kubernetes":
      return { secret_suffix: key, namespace: backend.namespace, config_context: context };
    case "http": {
      // Locking as GitLab's managed state does it, the best-known server of this protocol.
      const address = `${backend.address}/${key}`;
      const lock = `${address}/lock`;
      return {
        address,
        lock_address: lock,
        lock_method: "POST",
        unlock_address: lock,
        unlock_method: "DELETE",
      };
    }
  }
}

/** What asks only Amazon is left out, and buckets are part of the path: other stores have neither. */
function otherStore(endpoint: string): Record<string, unknown> {
  return {
    endpoints: { s3: endpoint },
    use_path_style: true,
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_region_validation: true,
    skip_requesting_account_id: true,
    skip_s3_checksum: true,
  };
}
