// The CDK asks CloudFormation every five seconds whether it is done, and has no setting for it.
// An emulator on the same machine is done sooner, and does not mind being asked more often.
const CDK_MILLISECONDS = 5000;
const OUR_MILLISECONDS = 250;

const stock = globalThis.setTimeout;
globalThis.setTimeout = Object.assign(
  (then, milliseconds, ...rest) =>
    stock(then, milliseconds === CDK_MILLISECONDS ? OUR_MILLISECONDS : milliseconds, ...rest),
  stock,
);
