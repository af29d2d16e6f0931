"""`catalogctl demo`: run every step on this machine, from a manifest to a verified catalog."""

from __future__ import annotations

from catalog_platform.aws.stack import stack_name
from catalog_platform.local import launcher, state
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.deploy import deploy_assembly, scanned_assembly
from catalog_platform.pipeline.target import session_of
from catalog_platform.pipeline.verify import (
    feed_and_reconcile,
    malformed_count,
    print_reconciliation,
)
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Toolchain, Workspace

ENVIRONMENT = "local"
SEED = 20_261_123
NEXT = """\
Next steps (first run: export PATH="$PWD/.venv/bin:$PATH")
  catalogctl local up                      deploy it again and keep it running
  catalogctl verify local --updates 20000  send more updates
  catalogctl local status                  addresses for psql and the AWS CLI
  catalogctl local down                    stop it and keep its data

  Edit environments/local.yaml: add a section `stream:` with `shards: 4`. Then:
  catalogctl validate                      check the manifest
  catalogctl explain local stream.shards   show where the value comes from
  catalogctl local up                      deploy the change"""


def run(workspace: Workspace, *, updates: int, malformed: int | None) -> int:
    """Validate, synthesise, scan, deploy and verify; stop the embedded AWS if this started it.

    Returns 1 when updates are missing or unexpected. Raises `PlatformError`, `FindingsError`.
    """
    malformed = malformed_count(updates, malformed)
    progress = Progress()
    manifests = Manifests(workspace)
    with progress.step(f"validate {ENVIRONMENT}"):
        manifest = manifests.load(ENVIRONMENT)
    assembly = scanned_assembly(workspace, manifests, ENVIRONMENT, progress)
    was_running = state.read(workspace) is not None
    try:
        with progress.step("start the embedded AWS, PostgreSQL and the cache") as on_progress:
            launcher.start(
                workspace,
                Toolchain.installed(),
                account=manifest.environment.account,
                region=manifest.environment.region,
                on_progress=on_progress,
            )
        session = session_of(workspace, manifest)
        deploy_assembly(session, manifest, assembly, progress)
        reconciliation = feed_and_reconcile(
            session,
            ENVIRONMENT,
            updates=updates,
            malformed=malformed,
            seed=SEED,
            progress=progress,
        )
    finally:
        if not was_running:
            with progress.step("stop the embedded AWS"):
                launcher.stop(workspace)
    outcome = print_reconciliation(reconciliation)
    if outcome == 0:
        print(f"\n{stack_name(ENVIRONMENT)} was deployed and verified.\n{NEXT}")
    return outcome
