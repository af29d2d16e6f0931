"""`catalogctl demo`: the whole way once, from a manifest to a reconciled catalog."""

from __future__ import annotations

from catalog_platform.aws.stack import stack_name
from catalog_platform.local import launcher, state
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.deploy import deploy_assembly, scanned_assembly
from catalog_platform.pipeline.target import session_of
from catalog_platform.pipeline.verify import expect_sizes, feed_and_reconcile, print_account
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Toolchain, Workspace

ENVIRONMENT = "local"
SEED = 20_261_123
NEXT = """\
What to try next (after: export PATH="$PWD/.venv/bin:$PATH")
  catalogctl local up                           deploy it again, and keep it running
  catalogctl verify local --updates 20000       feed it more
  catalogctl local status                       addresses for psql, redis-cli and the AWS CLI
  catalogctl local down                         stop it; its data stays

  Edit environments/local.yaml, say  `shards: 4`  under a new section  `stream:`  ; then
  catalogctl validate                           does it still make sense?
  catalogctl explain local stream.shards        which file decides, and what the key means
  catalogctl local up                           deploy the change"""


def run(workspace: Workspace, *, updates: int, malformed: int) -> int:
    """Validate, synthesise, scan, start, deploy, feed, reconcile; stop what was started.

    1 when the account does not add up. Raises `PlatformError`, `FindingsError`.
    """
    expect_sizes(updates, malformed)
    progress = Progress()
    manifests = Manifests(workspace)
    with progress.step(f"validate and render environments/{ENVIRONMENT}.yaml"):
        manifest = manifests.load(ENVIRONMENT)
    assembly = scanned_assembly(workspace, manifests, ENVIRONMENT, progress)
    was_running = state.read(workspace) is not None
    try:
        with progress.step("start the embedded AWS, PostgreSQL and the cache") as tell:
            launcher.start(
                workspace,
                Toolchain.installed(),
                account=manifest.environment.account,
                region=manifest.environment.region,
                on_progress=tell,
            )
        session = session_of(workspace, manifest)
        deploy_assembly(session, manifest, assembly, progress)
        account = feed_and_reconcile(
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
    outcome = print_account(account)
    if outcome == 0:
        print(f"\n{stack_name(ENVIRONMENT)} was deployed, fed and accounted for.\n{NEXT}")
    return outcome
