import type { Field } from "./field.ts";

/** An alert that a fault must bring about. */
export interface Expected {
  alert: string;
  /** Why it goes on firing after recovery, where it does: an alert on a count fires until the count has left its window. */
  stays?: string;
}

/** Something that goes wrong: how it is done to a lab, who must hear of it, and how it ends. */
export interface Fault {
  name: string;
  title: string;
  /** Platform whose lab shows it. */
  platform: string;
  /** Orchestrators that it takes. */
  replicas: number;
  /** Why a drill does it once only, however often it does others. */
  once?: string;
  /** Alerts that must be told of. */
  fires: readonly Expected[];
  /** Consequences that may be told of too. Every other alert is a false alarm. */
  mayFire: readonly string[];
  /** What the system does without anybody. */
  byItself: string;
  /** When it is healthy again. */
  healthyAgain: string;
  /** Whether somebody has to act on the service, beyond the cause going away. */
  needsPerson: boolean;
  inject(field: Field): Promise<void>;
  /** Ends the cause, and does what a person has to. */
  heal(field: Field): Promise<void>;
  /** Whether the service is well, as it says itself: not by way of alerts. */
  isHealthy(field: Field): Promise<boolean>;
}
