/** Something of a stack that no manifest can say, or that is not known how to say. The message tells what, and not where. */
export class Untranslatable extends Error {}
