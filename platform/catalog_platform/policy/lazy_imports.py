"""Import checkov without what no CloudFormation template needs.

checkov imports everything that any of its frameworks may need: more than half of the time of
loading it goes into libraries and policies that a scan of a template never uses. Here these
modules are imported when something of them is used for the first time, so nothing that checkov can
do is lost. Python's `importlib.util.LazyLoader` doesn't help: checkov imports single names
(`from a import b`), which loads a module at once.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# Modules, with all that is below them, and what they are for. Each must define the classes that
# checkov takes from it: see `LazyName.__instancecheck__`.
LAZY = {
    "aiohttp": "requests to Prisma Cloud",
    "asteval": "expressions of Terraform",
    "boto3": "uploads to Prisma Cloud",
    "botocore": "uploads to Prisma Cloud",
    "charset_normalizer": "files that are not UTF-8",
    "checkov.common.sast.report_types": "reports about source code",
    "detect_secrets": "the search for secrets",
    "docker": "images of containers",
    "hcl2": "files of Terraform",
    "lark": "files of Terraform",
    "networkx": "graphs, if checkov is configured to use this library for them",
    "requests": "requests to Prisma Cloud",
    "yarl": "requests to Prisma Cloud",
}
# Packages that import all their modules. Single ones are imported without the package's own code.
BARE = {
    "checkov.terraform.checks.data": "policies for Terraform",
    "checkov.terraform.checks.resource": "policies for Terraform",
}


class LazyName:
    """A name in a module of `LAZY`, which is imported when the name is used.

    Operations that every object has are those of its value. Python looks up the others in the
    class, so those that are not defined here raise `TypeError`.
    """

    __slots__ = ("__module", "__name")

    def __init__(self, module: str, name: str) -> None:
        self.__module, self.__name = module, name

    def __value(self) -> Any:
        _stop()
        module = importlib.import_module(self.__module)
        try:
            return getattr(module, self.__name)
        except AttributeError:
            return importlib.import_module(f"{self.__module}.{self.__name}")

    def __is_imported(self) -> bool:
        module = sys.modules.get(self.__module)
        return module is not None and not isinstance(module, _LazyModule)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the value."""
        if name.startswith("__"):  # an operation that isn't defined here
            raise AttributeError(name)
        return getattr(self.__value(), name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function, or create an object of the class."""
        return self.__value()(*arguments, **options)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the class from which another one is derived."""
        return (self.__value(),)

    def __instancecheck__(self, instance: object) -> bool:
        """Return False without an import: a class that isn't imported has no instances."""
        return self.__is_imported() and isinstance(instance, self.__value())

    def __subclasscheck__(self, subclass: type) -> bool:
        """Return False without an import: a class that isn't imported has no subclasses."""
        return self.__is_imported() and issubclass(subclass, self.__value())

    def __eq__(self, other: object) -> bool:
        """Compare the value."""
        return bool(self.__value() == other)

    def __hash__(self) -> int:
        """Return the hash of the value; raise `TypeError` while checkov is imported.

        The module `typing` hashes `X` for `Generic[X]`, but does without it.
        """
        if _finder in sys.meta_path:
            raise TypeError(f"{self!r} has no hash while checkov is imported")
        return hash(self.__value())

    def __bool__(self) -> bool:
        """Return whether the value is true."""
        return bool(self.__value())

    def __str__(self) -> str:
        """Return the value as text."""
        return str(self.__value())

    def __repr__(self) -> str:
        """Return the name, without an import."""
        return f"LazyName({self.__module!r}, {self.__name!r})"


class _LazyModule(ModuleType):
    """Stands for a module of `LAZY` while checkov is imported."""

    def __getattr__(self, name: str) -> LazyName:
        """Return a name of the module."""
        if name.startswith("__"):  # Python's own, such as `__all__`
            raise AttributeError(name)
        return LazyName(self.__name__, name)


class _EmptyLoader(Loader):
    """Creates modules without code."""

    def __init__(self, kind: type[ModuleType]) -> None:
        self._kind = kind

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return an empty module."""
        return self._kind(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module empty."""


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to import a module of the tables, None for others."""
        if any(f"{name}.".startswith(f"{lazy}.") for lazy in LAZY):
            return ModuleSpec(name, _EmptyLoader(_LazyModule), is_package=True)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if name in BARE else None
        if spec is not None:
            spec.loader = _EmptyLoader(ModuleType)
        return spec


_finder = _Finder()


@contextlib.contextmanager
def lazy_imports() -> Iterator[None]:
    """Import modules of `LAZY` in the block only when something of them is used.

    Import checkov in the block, and in no thread anything else that needs one of them. Modules that
    are imported already stay. The first use in the block ends it, because what is imported then may
    need others.
    """
    sys.meta_path.insert(0, _finder)
    try:
        yield
    finally:
        _stop()


def _stop() -> None:
    """Import every module completely from now on."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
        for name in [key for key, module in sys.modules.items() if isinstance(module, _LazyModule)]:
            del sys.modules[name]
