import { AFTER_UNDO } from "../../model/alerting/derived-runbooks.ts";
import type { Platform } from "../../model/model.ts";
import type { Procedure } from "./procedure.ts";
import { accountingFor, overriding } from "./promote.ts";
import { firingNow, named } from "./steps.ts";

/** What somebody may do by hand when the way through the catalog is not open, and how it is put right afterwards. */
export function breakGlass(platform: Platform): Procedure {
  const services = platform.services.map((service) => service.name);
  return {
    name: "break-glass",
    title: "Break glass",
    purpose:
      "Changes production by hand when the way through catalog, review and deploy is closed or too slow, so that it can be followed and taken back.",
    when: "Users suffer now, and the repository, the pipeline or the state of Terraform cannot be reached. Never to save a review.",
    before: [
      {
        do: "Say in the team's channel that you break the glass, in which environment and why; a second person watches if there is one.",
      },
      {
        do: "Use the account that is kept for emergencies, not your own with more rights. See what it may do.",
        command: "kubectl -n $NAMESPACE auth can-i --list",
        good: "patch and update of deployments in this namespace",
        bad: "nothing: the last in the list of contacts has the account",
      },
      {
        do: "Keep what is there, before you touch it.",
        command:
          "kubectl -n $NAMESPACE get deployments,hpa,configmaps,networkpolicies -o yaml > before-$NAMESPACE-$(date -u +%Y%m%dT%H%M%SZ).yaml",
      },
    ],
    parts: [
      ...overriding(platform),
      {
        title: "Change one thing",
        text: `One thing at a time, and look at it for a minute. SERVICE is one of ${named(services)}. The namespace refuses containers that run as root; do not go around that.`,
        steps: [
          {
            do: "Another image; its container has the service's name.",
            command: "kubectl -n $NAMESPACE set image deployment/SERVICE SERVICE=IMAGE",
            good: "image updated",
          },
          {
            do: "Another setting.",
            command: "kubectl -n $NAMESPACE set env deployment/SERVICE NAME=VALUE",
            good: "env updated",
            bad: "never a secret: it would be readable in the Deployment. Follow Rotate secrets",
          },
          {
            do: "More memory.",
            command: "kubectl -n $NAMESPACE set resources deployment/SERVICE --limits=memory=2Gi",
          },
          {
            do: "Look into a pod without changing it.",
            command: "kubectl -n $NAMESPACE exec -it deployment/SERVICE -- sh",
            bad: "the image has no shell: use kubectl debug with an image that has one",
          },
        ],
      },
      {
        title: "If the state of Terraform is locked",
        steps: [
          {
            do: "Find out who holds the lock: the error message of the deploy names who, since when, and the lock's id. Only when that run is surely dead, take the lock away from the folder of the stack.",
            command: "terraform force-unlock LOCK_ID",
            bad: "the other run goes on: two at once destroy the state",
          },
        ],
      },
      {
        title: "Put it right, the same day",
        steps: [
          {
            do: "See what differs from the catalog now.",
            command: 'npx cdktf diff "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-services"',
            good: "exactly what you changed by hand",
          },
          { do: "Bring it into the catalog with a review, or leave it out on purpose." },
          {
            do: "Deploy: from now on the catalog says again what runs.",
            command: 'npx cdktf deploy "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-*"',
            good: "Apply complete",
          },
          ...accountingFor(platform),
          { do: "Give the emergency account back and have its password or token changed." },
        ],
      },
    ],
    verify: [
      firingNow(platform),
      {
        do: "See that the cluster runs what the catalog says.",
        command: 'npx cdktf diff "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-services"',
        good: "no changes",
      },
    ],
    undo: [
      {
        do: `Take the last change of a Deployment back. ${AFTER_UNDO}`,
        command: "kubectl -n $NAMESPACE rollout undo deployment/SERVICE",
      },
      {
        do: "Or apply what you kept, FILE.",
        command: "kubectl apply -f FILE --server-side --force-conflicts",
      },
    ],
    tell: `The team \`${platform.team}\` before and after; the next working day a short account: what, why, what would have made it needless.`,
    alerts: [],
  };
}
