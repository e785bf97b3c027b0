// For tests, by `node --import`: the time of day jumps by CLOCK_JUMP_MS at each SIGUSR2, as when a machine's clock is set. Timers do not
// notice, as they do not then: they go by another clock.
const WallDate = Date;
let jumped = 0;
globalThis.Date = class JumpingDate extends WallDate {
  constructor(...args) {
    if (args.length === 0) super(WallDate.now() + jumped);
    else super(...args);
  }
  static now() {
    return WallDate.now() + jumped;
  }
};
process.on("SIGUSR2", () => {
  jumped += Number(process.env.CLOCK_JUMP_MS);
});
