"""Generator of docs/preflight.md, which describes the checks before a deployment."""

from __future__ import annotations

from catalog_platform.reference.table import code, table
from catalog_platform.release.preflight import calls, policy, runner
from catalog_platform.release.preflight.registry import CHECKS

HEAD = f"""\
# Preflight

`catalogctl preflight ENV` compares an AWS account with the assembly that is to be deployed: quotas,
versions, names, operations under way. It changes nothing. `catalogctl deploy` runs it first, and
deploys nothing when a check fails.

```
catalogctl preflight prod                     # with an assembly that it synthesises
catalogctl preflight prod --assembly cdk.out  # with the assembly that is to be deployed
catalogctl preflight prod --format json       # for programs
```

All results are printed together, the worst first, each with its fix:

```
failed: lambda-concurrency: environments/prod.yaml:18:3: processor.reserved_concurrency: …
    fix: request a higher quota: …
```

| status | meaning | deployment |
|---|---|---|
| `failed` | AWS would refuse the deployment, or could not roll it back | refused; exit code 1 |
| `warning` | a problem that does not stop the deployment | goes on |
| `not checked` | with the reason, such as the permission that is missing | goes on |
| `passed` | | goes on |

Without valid credentials, or without a connection to AWS, there is one error and no result. If the
credentials are of another account than the manifest's, only that is checked.

The checks run side by side. A call has {calls.ATTEMPTS} attempts of {calls.READ_SECONDS:.0f} s, and
all checks together have {runner.SECONDS:.0f} s. What has not ended by then is not checked.
Resources come from the assembly's template, not from the manifest. What is deployed comes from
CloudFormation.

## Checks
"""

EMBEDDED = """\
Checks with a mark in the column *embedded* also run on the embedded AWS. The others ask for what it
does not have, such as quotas, and are not checked there.

## What no check can know

A deployment can still fail. AWS decides at the moment of a call: another deployment can use up a
quota, a zone can run out of capacity for an instance class, and an operation can begin after the
checks. Service control policies, and the permissions of CloudFormation's execution role, are not
read. A change that AWS refuses because of the deployed template is not looked for either:
[rehearsals](rehearse.md) do that.

## Permissions

This policy allows all calls of the checks, and reading only. The actions come from the checks.
Attach it to the role that runs `catalogctl deploy`, beside the permission to assume the roles of
the bootstrap ([AWS accounts](continuous-delivery.md)). What needs a missing permission is not
checked, and the result names the permission.
"""


def page() -> str:
    """Return the text of the page."""
    rows = [
        (
            code(check.name),
            check.looks_at,
            check.blind_to,
            "✓" if check.on_embedded else "",
        )
        for check in CHECKS
    ]
    checks = table(("check", "looks at", "can't know", "embedded"), rows)
    return f"{HEAD}\n{checks}\n{EMBEDDED}\n```json\n{policy.document()}\n```\n"
