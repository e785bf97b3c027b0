import {
  type Admission,
  type AdmissionAction,
  type AdmissionRule,
  releaseList,
} from "../../model/admission.ts";
import type { Environment, Platform } from "../../model/model.ts";
import { admissionName } from "../../model/names.ts";
import { celText, celTexts } from "./cel.ts";
import { CHANGES_POD, POD, RULES, type RuleText } from "./rules.ts";

/** Where a rule is asked. */
export interface AdmissionPlace {
  platform: Platform;
  environment: Environment;
  admission: Admission;
}

/** The ValidatingAdmissionPolicy of a rule, as an object of Kubernetes 1.30 or newer. */
export function policyOf(place: AdmissionPlace, rule: AdmissionRule) {
  const { admission } = place;
  const text = RULES[rule];
  return {
    ...head("ValidatingAdmissionPolicy", place, rule),
    spec: {
      failurePolicy: "Fail",
      ...(text.readsReleases && { paramKind: { apiVersion: "v1", kind: "ConfigMap" } }),
      matchConstraints: {
        matchPolicy: "Equivalent",
        namespaceSelector: {},
        objectSelector: {},
        resourceRules: JUDGED,
      },
      matchConditions: [{ name: "changes-the-pod", expression: CHANGES_POD }],
      variables: [...POD, ...(rule === "approved-images" ? approved(admission) : []), ...text.variables],
      validations: text.validations.map(({ expression, wrong }) => ({
        expression,
        message: messageOf(place, rule, text),
        messageExpression: `${celText(`${rule}: `)} + (${wrong}) + ${celText(`. Way out: ${wayOut(place, text)}`)}`,
        reason: "Forbidden",
      })),
    },
  };
}

/** What binds a rule to the environment's namespace: by the one label that nobody can take from it. */
export function bindingOf(place: AdmissionPlace, rule: AdmissionRule, action: AdmissionAction) {
  const { environment } = place;
  const list = { ...releaseList(environment.namespace), parameterNotFoundAction: "Deny" };
  return {
    ...head("ValidatingAdmissionPolicyBinding", place, rule),
    spec: {
      policyName: admissionName(place.platform.name, environment.name, rule),
      ...(RULES[rule].readsReleases && { paramRef: list }),
      validationActions: action === "deny" ? ["Deny"] : ["Warn", "Audit"],
      matchResources: {
        matchPolicy: "Equivalent",
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": environment.namespace } },
        objectSelector: {},
      },
    },
  };
}

const rules = (apiGroup: string, ...resources: string[]) => ({
  apiGroups: [apiGroup],
  apiVersions: ["v1"],
  operations: ["CREATE", "UPDATE"],
  resources,
  scope: "*",
});

// Pods, however they come about, and whatever makes pods: so that a person is told at once, and not by a controller's events.
const JUDGED = [
  rules("", "pods", "pods/ephemeralcontainers", "pods/resize", "replicationcontrollers"),
  rules("apps", "deployments", "replicasets", "statefulsets", "daemonsets"),
  rules("batch", "jobs", "cronjobs"),
];

function head(kind: string, { platform, environment }: AdmissionPlace, rule: AdmissionRule) {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: {
      name: admissionName(platform.name, environment.name, rule),
      labels: {
        "app.kubernetes.io/instance": environment.name,
        "app.kubernetes.io/managed-by": "fairlead",
        "app.kubernetes.io/part-of": platform.name,
      },
    },
  };
}

function approved({ approved }: Admission) {
  const folders = approved.filter((name) => name.endsWith("/*")).map((name) => name.slice(0, -1));
  const names = approved.filter((name) => !name.endsWith("/*"));
  return [
    { name: "approvedNames", expression: celTexts(names) },
    { name: "approvedFolders", expression: celTexts(folders) },
  ];
}

/** What is said where the message with names in it cannot be made. */
function messageOf(place: AdmissionPlace, rule: AdmissionRule, text: RuleText): string {
  return `${rule}: ${text.asks}. Way out: ${wayOut(place, text)}`;
}

function wayOut({ admission }: AdmissionPlace, text: RuleText): string {
  return text.wayOut.replace("FILE", () => admission.file);
}
