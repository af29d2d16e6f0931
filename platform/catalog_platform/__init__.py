"""One manifest describes one environment; this package turns it into a running catalog.

    environments/*.yaml ─ manifest ▶ model.Manifest          validate · render · explain
    model.Manifest      ─ infra    ▶ assembly (cdk.out)      synth
    assembly            ─ policy   ▶ findings                scan
    assembly            ─ release  ▶ a deployed, fed stack   deploy · verify
    findings            ─ report   ▶ text · json · sarif · github

`local` runs an AWS on this machine to deploy to; `packaging` builds the functions. Only
`commands` composes these; `cli` turns the outcome into an exit code.
"""

__version__ = "0.1.0"
