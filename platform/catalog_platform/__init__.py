"""Turn each environment's manifest into a deployed and verified product catalog.

    environments/*.yaml ─ manifest ▶ model.Manifest          validate · render · explain
    model.Manifest      ─ infra    ▶ assembly (cdk.out)      synth
    assembly            ─ policy   ▶ findings                scan
    assembly            ─ release  ▶ a deployed, fed stack   deploy · verify
    findings            ─ report   ▶ text · json · sarif · github

`local` runs an embedded AWS on this machine; `packaging` builds the functions. `pipeline` and
`rehearsal` combine these for `commands`; `cli` turns the result into an exit code.
"""

__version__ = "0.1.0"
