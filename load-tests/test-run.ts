// A load profile for k6's operator: what `kubectl apply` needs to run it inside of a cluster.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Environment, LoadProfile } from "../model/model.ts";
import { placeMetadata, podSelector } from "../model/object-metadata.ts";
import { packageFile } from "../package-root.ts";
import { profileOf } from "./profile.ts";
import { remoteWrite, remoteWriteOutput } from "./remote-write.ts";

/** Which load, where, and by how many. */
export interface OnKubernetes {
  platform: string;
  /** Where the target runs; the runners do too. */
  environment: Environment;
  profile: LoadProfile;
  /** Pods that share the load. */
  runners: number;
  /** Of k6. */
  image: string;
  /** Base URL of a Prometheus in the namespace that watches the environment; the runners write to it. */
  prometheus?: string | undefined;
  /** A Secret of the namespace whose key `token` is the access token. */
  tokenSecret?: string | undefined;
}

/** Port at which k6's operator asks each runner how it is, and starts it. */
const controlPort = 6565;
const tokenFolder = "/run/secrets/load-test";
/** The operator appends `-initializer` and numbers to the name, and makes host names of it, which have 63 characters. */
const mostOfName = 40;

/**
 * A ConfigMap with script and profile, a TestRun (k6.io/v1alpha1) that names it, and the two NetworkPolicies that let the runners
 * out and to the service: everything else in the namespace is closed. The pods meet the Pod Security Standard "restricted".
 */
export function testRun(load: OnKubernetes): object[] {
  const { environment, platform, profile } = load;
  const metadata = (name: string) => ({ name, ...placeMetadata(load) });
  const name = nameOf(profile.name);
  const document = profileOf(platform, profile);
  return [
    {
      ...{ apiVersion: "v1", kind: "ConfigMap", metadata: metadata(name) },
      data: {
        "profile.json": `${JSON.stringify(document, null, 2)}\n`,
        "script.js": readFileSync(packageFile("load-tests/scripts/http.js"), "utf8"),
      },
    },
    ...[runnersPolicy(load, name), targetPolicy(load, name)].map(({ of, spec }) => ({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
      metadata: metadata(`${name}-${of}`),
      spec,
    })),
    {
      ...{ apiVersion: "k6.io/v1alpha1", kind: "TestRun", metadata: metadata(name) },
      spec: {
        parallelism: load.runners,
        script: { configMap: { name, file: "script.js" } },
        arguments: argumentsOf(load, environment.namespace),
        runner: runnerOf(load),
        starter: { ...restricted, resources: resourcesOf(0) },
      },
    },
  ];
}

/** The name of a profile's TestRun; k6 marks every sample with it, as `testrun_name`. */
function nameOf(profile: string): string {
  const name = `load-${profile}`;
  if (name.length <= mostOfName) return name;
  return `${name.slice(0, mostOfName - 9)}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

// The operator splits this at spaces and gives it to a shell as well: names of Kubernetes and a port are all that comes into it.
function argumentsOf({ profile: { target }, prometheus, tokenSecret }: OnKubernetes, namespace: string) {
  return [
    ...["--no-usage-report", "--include-system-env-vars=false"],
    ...(prometheus === undefined ? [] : ["--out", remoteWriteOutput]),
    ...["-e", `BASE_URL=http://${target.service}.${namespace}.svc:${target.port}`, "-e", "ALLOW_REMOTE=yes"],
    ...(tokenSecret === undefined ? [] : ["-e", `TOKEN_FILE=${tokenFolder}/token`]),
  ].join(" ");
}

// The user of k6's image. It writes an archive to /tmp: the file system cannot be read-only.
const restricted = {
  automountServiceAccountToken: "false",
  securityContext: {
    ...{ runAsNonRoot: true, runAsUser: 12345, runAsGroup: 12345, fsGroup: 12345 },
    seccompProfile: { type: "RuntimeDefault" },
  },
  containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

function runnerOf({ profile, runners, image, prometheus, tokenSecret }: OnKubernetes) {
  const variables = prometheus === undefined ? {} : remoteWrite(prometheus);
  return {
    ...{ image, ...restricted, resources: resourcesOf(Math.ceil(profile.arrivals.maxUsers / runners)) },
    ...(prometheus !== undefined && {
      env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    }),
    ...(tokenSecret !== undefined && {
      volumes: [
        { name: "token", secret: { secretName: tokenSecret, items: [{ key: "token", path: "token" }] } },
      ],
      volumeMounts: [{ name: "token", mountPath: tokenFolder, readOnly: true }],
    }),
  };
}

// k6 itself, and a user takes about 0.2 MB (README of this folder): five times that.
function resourcesOf(users: number) {
  return { requests: { cpu: "250m", memory: "128Mi" }, limits: { memory: `${256 + users}Mi` } };
}

/** Runners are asked by the operator, which may be in any namespace; they reach each other, their target and Prometheus. */
function runnersPolicy({ environment, profile: { target }, prometheus }: OnKubernetes, name: string) {
  const own = { podSelector: podsOf(name) };
  const service = { podSelector: { matchLabels: podSelector({ environment }, target.service) } };
  const watching = { matchLabels: { "kubernetes.io/metadata.name": environment.monitoring.namespace } };
  return {
    of: "runners",
    spec: {
      ...{ ...own, policyTypes: ["Ingress", "Egress"] },
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [tcp(controlPort)] }],
      egress: [
        { to: [own], ports: [tcp(controlPort)] },
        { to: [service], ports: [tcp(target.port)] },
        ...(prometheus === undefined
          ? []
          : [{ to: [{ namespaceSelector: watching }], ports: [tcp(portOf(prometheus))] }]),
      ],
    },
  };
}

function targetPolicy({ environment, profile: { target } }: OnKubernetes, name: string) {
  return {
    of: "target",
    spec: {
      podSelector: { matchLabels: podSelector({ environment }, target.service) },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: podsOf(name) }], ports: [tcp(target.port)] }],
    },
  };
}

/** All pods of a TestRun, as the operator labels them. */
function podsOf(name: string) {
  return { matchLabels: { app: "k6", k6_cr: name } };
}

function tcp(port: number) {
  return { port, protocol: "TCP" };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
