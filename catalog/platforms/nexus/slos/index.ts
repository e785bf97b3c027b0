import { coordinationSlos } from "./coordination.ts";
import { coordinatorSlos } from "./coordinator.ts";
import { learningSlos } from "./learning.ts";
import { optimizerSlos } from "./optimizer.ts";

/** All SLOs, for those who refer to one. */
export const slos = { ...coordinatorSlos, ...coordinationSlos, ...learningSlos, ...optimizerSlos };

export const sloParts = [
  { slos: coordinatorSlos },
  { slos: coordinationSlos },
  { slos: learningSlos },
  { slos: optimizerSlos },
];
