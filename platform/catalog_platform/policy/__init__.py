"""Assembly in, findings out: policies, AWS's own validation, and waivers.

`gate.scan` is the way in. Two engines look at each template: `checkov_engine` runs checkov's
policies together with those of `policies/checks`, `validator` runs AWS's template validation. Both
are prone to pass what they could not see, so every silence is turned into a `Problem`.
"""
