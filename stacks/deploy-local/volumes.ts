import type { Environment } from "../../model/model.ts";

/**
 * A persistent volume for each claim, as a Kubernetes list: what a storage provisioner makes on a real cluster. The simulated
 * nodes have no disks, so the paths are never used; without a bound claim the scheduler would not place the pods.
 */
export function persistentVolumes(places: readonly { environment: Environment }[]) {
  const volumes = places.flatMap(({ environment }) =>
    environment.volumes.map((volume) => ({ volume, environment })),
  );
  const items = volumes.map(({ volume, environment }) => ({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${environment.namespace}-${volume.claim}` },
    spec: {
      capacity: { storage: volume.size },
      accessModes: [volume.access === "single" ? "ReadWriteOnce" : "ReadWriteMany"],
      storageClassName: volume.storageClass ?? "",
      persistentVolumeReclaimPolicy: "Retain",
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: environment.namespace,
        name: volume.claim,
      },
      hostPath: { path: `/var/lib/simulated/${volume.claim}` },
    },
  }));
  return { apiVersion: "v1", kind: "List", items };
}
