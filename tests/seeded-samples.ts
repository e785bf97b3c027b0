import fc from "fast-check";

/** `npm test` draws the same samples each time, so that what passes once passes again; the long run looks further. */
if (!process.env.FAIRLEAD_LONG) fc.configureGlobal({ seed: 20_261_121 });
