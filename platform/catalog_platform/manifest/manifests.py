"""The manifests of one workspace: each file is read once, each environment resolved once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Excerpt, Finding, Location, failed, ordered
from catalog_platform.manifest import checks, pipeline, rulebook
from catalog_platform.manifest.pipeline import Outcome
from catalog_platform.manifest.reader import Document, Reader
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace

LARGE = 16 * 1024  # characters of a file that are not kept once they are understood

OnChecked = Callable[[str, tuple[Finding, ...]], None]


def _ignore(_name: str, _findings: tuple[Finding, ...]) -> None:
    pass


class Manifests:
    """What one command knows of the manifests; made once, and passed on or read from.

    It is also the reports' source of excerpts and rule pages: see `report.Sources`.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._reader = Reader(workspace)
        self._outcomes: dict[str, Outcome] = {}

    def check(
        self, names: Sequence[str], on_checked: OnChecked = _ignore
    ) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
        """Return the valid manifests among `names` (none named: all), and every finding, sorted.

        Includes rules between environments, also those that were not named; what is wrong with
        those alone is left out. `on_checked` gets name and findings of each environment as soon
        as they are known, and what lies between environments under an empty name. Never raises
        for content; raises `UsageError` for an environment that does not exist.
        """
        names = self._workspace.select(names)
        wanted = frozenset(names)
        found: list[Finding] = []
        every = sorted({*self._workspace.environment_names(), *names})
        for name in every:
            outcome = self._outcome(name)
            concerning = outcome.findings if name in wanted else ()
            found += concerning
            on_checked(name, concerning)
        between = self._between(every, names)
        on_checked("", between)
        found += between
        invalid = {finding.environment for finding in found if failed([finding])}
        manifests = {name: self._outcomes[name].manifest for name in names if name not in invalid}
        return {name: each for name, each in manifests.items() if each}, ordered(found)

    def load(self, name: str) -> Manifest:
        """Return one valid manifest. Raises `FindingsError` with all findings, or `UsageError`."""
        manifests, findings = self.check([name])
        if failed(findings) or name not in manifests:
            raise FindingsError(findings)
        return manifests[name]

    def resolve(self, name: str) -> Resolved:
        """Return every value of an environment with its origin, findings or not.

        Raises `FindingsError` only when a file cannot be understood at all, and `UsageError`.
        """
        self._workspace.select([name])
        outcome = self._outcome(name)
        if outcome.resolved is None:
            raise FindingsError(outcome.findings)
        return outcome.resolved

    def resolve_valid(self, name: str) -> Resolved:
        """Return every value of an environment that has no errors of its own, with its origin.

        Raises `FindingsError` for one that has, and `UsageError`.
        """
        resolved = self.resolve(name)
        if failed(self._outcomes[name].findings):
            raise FindingsError(self._outcomes[name].findings)
        return resolved

    def own(self, name: str) -> Document:
        """Return what an environment's own file says, apart from all that it builds on."""
        return self._reader.document(f"{name}.yaml")

    def excerpt(self, place: Location) -> Excerpt | None:
        """Return the line at a place of a file in the repository; None where there is no text."""
        return self._reader.excerpt(place)

    def page(self, rule: str) -> str:
        """Return the page about a rule, relative to the repository; empty for a foreign rule."""
        return rulebook.page(rule)

    def _outcome(self, name: str) -> Outcome:
        if name not in self._outcomes:
            self._outcomes[name] = pipeline.run(self._reader, name)
            self._reader.forget_if_longer(f"{name}.yaml", LARGE)
        return self._outcomes[name]

    def _between(self, every: Sequence[str], names: Sequence[str]) -> tuple[Finding, ...]:
        """Return findings about the defaults, about stray files, and between environments."""
        complete = {
            name: (outcome.manifest, outcome.resolved)
            for name in every
            if (outcome := self._outcomes[name]).manifest is not None
            and outcome.resolved is not None
        }
        return (
            *self._reader.defaults().findings,
            *_stray_files(self._workspace),
            *checks.across(complete, names),
        )


def _stray_files(workspace: Workspace) -> list[Finding]:
    """Find files that look like manifests and are not read as such."""
    folder = workspace.environments
    return [
        Finding(
            rule="stray-file",
            message="is not read: manifests end in .yaml",
            location=Location(path.relative_to(folder.parent).as_posix()),
            hint=f"rename it to {path.stem}.yaml",
        )
        for path in sorted(folder.glob("*.yml"))
    ]
