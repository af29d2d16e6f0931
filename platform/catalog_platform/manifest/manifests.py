"""Access to the manifests of a workspace; each environment is resolved once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Excerpt, Finding, Location, has_errors, sort_unique
from catalog_platform.manifest import checks, pipeline, rule_registry
from catalog_platform.manifest.chain_digest import chain_digest
from catalog_platform.manifest.kept_manifests import KeptManifests
from catalog_platform.manifest.pipeline import ManifestResult
from catalog_platform.manifest.reader import Document, ManifestReader
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest
from catalog_platform.stages import stage
from catalog_platform.workspace import Workspace

LARGE = 16 * 1024  # characters; larger files are not cached after they are resolved

OnChecked = Callable[[str, tuple[Finding, ...]], None]


def _ignore(_name: str, _findings: tuple[Finding, ...]) -> None:
    pass


class Manifests:
    """The manifests of a workspace, with cached results. A command creates one and passes it on.

    Those of other versions of the repository share what they keep: `kept` is of one of them. It
    also provides reports with source lines and links to rules: see `findings.Sources`.
    """

    def __init__(self, workspace: Workspace, kept: KeptManifests | None = None) -> None:
        self.workspace = workspace
        self.kept = kept or KeptManifests(workspace)
        self._reader = ManifestReader(workspace)
        self._results: dict[str, ManifestResult] = {}
        self._known: set[str] = set()

    def check(
        self, names: Sequence[str], on_checked: OnChecked = _ignore
    ) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
        """Return the valid manifests among `names` (all if empty) and their findings, sorted.

        Rules between environments include all environments; findings that concern only
        environments outside `names` are omitted. `on_checked` receives name and findings of each
        environment when it is checked, then findings between environments with an empty name.
        Invalid content causes findings; an unknown environment raises `UsageError`.
        """
        names = self.workspace.select(names)
        selected = frozenset(names)
        found: list[Finding] = []
        every = sorted({*self.workspace.environment_names(), *names})
        for name in every:
            result = self._result(name)
            reported = result.findings if name in selected else ()
            found += reported
            on_checked(name, reported)
        between = self._between(every, names)
        self.kept.save()
        on_checked("", between)
        found += between
        invalid = {finding.environment for finding in found if has_errors([finding])}
        manifests = {name: self._results[name].manifest for name in names if name not in invalid}
        return {name: each for name, each in manifests.items() if each}, sort_unique(found)

    def load(self, name: str) -> Manifest:
        """Return one valid manifest. Raises `FindingsError` with all findings, or `UsageError`."""
        manifests, findings = self.check([name])
        if has_errors(findings) or name not in manifests:
            raise FindingsError(findings)
        return manifests[name]

    def model(self, name: str) -> Manifest | None:
        """Return a typed manifest even if it violates rules; None if it has no typed form.

        Raises `UsageError` if the name is unknown.
        """
        self._check_known(name)
        return self._result(name).manifest

    def resolve(self, name: str) -> Resolved:
        """Return every value of an environment with its origin, even if some have findings.

        Raises `FindingsError` if a file cannot be parsed, `UsageError` if the name is unknown.
        """
        self._check_known(name)
        result = self._resolved(name)
        if result.resolved is None:
            raise FindingsError(result.findings)
        return result.resolved

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 over all that the manifest of an environment is made of, if known.

        Where it is known for two versions and equal, their manifests are equal.
        """
        return chain_digest(self._reader, self.kept, name)

    def resolve_valid(self, name: str) -> Resolved:
        """Return every value of a valid environment with its origin.

        Raises `FindingsError` if it has errors, `UsageError` if the name is unknown.
        """
        resolved = self.resolve(name)
        if has_errors(self._results[name].findings):
            raise FindingsError(self._results[name].findings)
        return resolved

    def own_document(self, name: str) -> Document:
        """Return the environment's own file, without the files that it extends."""
        return self._reader.document(f"{name}.yaml")

    def excerpt(self, location: Location) -> Excerpt | None:
        """Return the source line at a location, or None if there is no text to show."""
        return self._reader.excerpt(location)

    def rule_link(self, rule: str) -> str:
        """Return the link to a rule's documentation, or "" for a rule of an external scanner."""
        return rule_registry.rule_link(rule)

    def _check_known(self, name: str) -> None:
        """Raise `UsageError` for an unknown environment; list the folder for new names only."""
        if name not in self._known:
            self._known.update(self.workspace.environment_names())
        if name not in self._known:
            self.workspace.select([name])

    def _result(self, name: str) -> ManifestResult:
        """Return what is known of an environment; of one that is kept, only the manifest."""
        if name not in self._results:
            with stage("resolve manifests"):
                self._results[name] = self._kept(name) or self._new(name)
            self._reader.forget_if_longer(f"{name}.yaml", LARGE)
        return self._results[name]

    def _resolved(self, name: str) -> ManifestResult:
        """Return what is known of an environment, with its values unless it has errors."""
        result = self._result(name)
        if result.manifest is not None and result.resolved is None:
            with stage("resolve manifests"):
                self._results[name] = pipeline.process(self._reader, name)
            self._reader.forget_if_longer(f"{name}.yaml", LARGE)
        return self._results[name]

    def _kept(self, name: str) -> ManifestResult | None:
        digest = self.digest(name)
        manifest = None if digest is None else self.kept.get(digest)
        return None if manifest is None else ManifestResult(name, (), manifest=manifest)

    def _new(self, name: str) -> ManifestResult:
        result = pipeline.process(self._reader, name)
        if result.manifest is not None and not result.findings:
            # Only now: it is to be the digest of the texts that were parsed.
            digest = self.digest(name)
            if digest is not None:
                self.kept.keep(digest, result.manifest)
        return result

    def _locate(self, name: str, path: str) -> Location:
        """Return the location of a key; of an unreadable environment, that of its file."""
        resolved = self._resolved(name).resolved
        if resolved is None:
            return Location(self._reader.file(f"{name}.yaml"))
        return resolved.locate(path)

    def _between(self, every: Sequence[str], names: Sequence[str]) -> tuple[Finding, ...]:
        """Return findings about the defaults, ignored files, and pairs of environments."""
        complete = {
            name: manifest
            for name in every
            if (manifest := self._results[name].manifest) is not None
        }
        found = (
            *self._reader.defaults().findings,
            *_stray_files(self.workspace),
            *checks.check_pairs(complete, names, self._locate),
        )
        return tuple(map(pipeline.printable, found))


def _stray_files(workspace: Workspace) -> list[Finding]:
    """Return a finding for each file in environments/ that ends in .yml."""
    folder = workspace.environments
    return [
        Finding(
            rule="stray-file",
            message="this file is ignored: manifests end in .yaml",
            location=Location(path.relative_to(folder.parent).as_posix()),
            hint=f"rename it to {path.stem}.yaml",
        )
        for path in sorted(folder.glob("*.yml"))
    ]
