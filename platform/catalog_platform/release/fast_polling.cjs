// The CDK polls CloudFormation every five seconds, and has no setting for the interval.
// An emulator on the same machine finishes sooner and can be polled more often.
const CDK_MILLISECONDS = 5000;
const FAST_MILLISECONDS = 250;

const originalSetTimeout = globalThis.setTimeout;
globalThis.setTimeout = Object.assign(
  (then, milliseconds, ...rest) =>
    originalSetTimeout(then, milliseconds === CDK_MILLISECONDS ? FAST_MILLISECONDS : milliseconds, ...rest),
  originalSetTimeout,
);
