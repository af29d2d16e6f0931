"""checkov is imported without what no template needs, and decides the same."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import types
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.policy import lazy_imports as lazy_imports_module
from catalog_platform.policy.lazy_imports import BARE, LAZY, LazyName, lazy_imports
from support import templates
from support.manifests import ROOT

FIXTURES = sorted((ROOT / "tests" / "policies").glob("CKV_CATALOG_*/*.json"))
PRODUCTION = ROOT / "tests" / "golden" / "production.json"
SCAN = """
import contextlib, json, sys
from pathlib import Path
import msgspec
from catalog_platform.policy import assembly as assemblies, engine_process, engines
imports, assembly, checks, *names = sys.argv[1:]
if imports == "all":
    engines.lazy_imports = contextlib.nullcontext
found = engines.run(Path(assembly), assemblies.read(Path(assembly), names)[0], Path(checks))
encoded = msgspec.json.encode(found, enc_hook=engine_process._encode, order="deterministic")
print(json.dumps([encoded.decode(), sorted(sys.modules)]))
"""


def below(name: str, modules: list[str]) -> list[str]:
    return [each for each in modules if f"{each}.".startswith(f"{name}.")]


@pytest.mark.parametrize("step", [40, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_a_scan_decides_the_same_without_these_modules(step: int, tmp_path: Path) -> None:
    files = {f"{file.parent.name}-{file.stem}": file.read_text() for file in FIXTURES[::step]}
    texts = {"production": PRODUCTION.read_text(), **files}
    assembly = templates.assembly(tmp_path, **texts)
    line = [str(assembly), str(ROOT / "policies" / "checks"), *texts]
    running = [
        subprocess.Popen([sys.executable, "-c", SCAN, imports, *line], stdout=subprocess.PIPE)
        for imports in ("lazy", "all")
    ]
    (lazy, lazy_modules), (complete, all_modules) = (
        json.loads(process.communicate(timeout=600)[0]) for process in running
    )
    assert lazy == complete
    assert lazy.count('"outcome":"failed"') > 5
    # A module that is imported here is used by a scan: it costs time, and leaves the table.
    assert [name for name in LAZY if below(name, lazy_modules)] == []
    unused = [each for name in BARE for each in below(name, all_modules)]
    assert len(unused) - len([each for name in BARE for each in below(name, lazy_modules)]) > 900
    assert len(lazy_modules) < len(all_modules) - 1_200


@pytest.mark.parametrize("name", [*LAZY, *BARE])
def test_each_module_of_the_tables_exists(name: str) -> None:
    parent = name.partition(".")[0]
    assert find_spec(parent) is not None
    origin = Path(find_spec(parent).origin).parent.parent  # type: ignore[union-attr, arg-type]
    path = origin / name.replace(".", "/")
    assert path.is_dir() or path.with_suffix(".py").is_file()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Provide a library `made_lib` that is lazy, and a module `made_user` that uses it."""
    library = tmp_path / "made_lib"
    library.mkdir()
    (library / "__init__.py").write_text(
        "class Base:\n    pass\nVALUE = 'value'\nEMPTY = ''\ndef double(number):\n"
        "    return 2 * number\nclass Settings:\n    level = 3\n"
    )
    (library / "below.py").write_text("VALUE = 'below'\n")
    (tmp_path / "made_user.py").write_text(
        "import made_lib, made_lib.below\nfrom typing import Generic, TypeVar\n"
        "from made_lib import Base, EMPTY, Settings, VALUE, below, double\n"
        "from made_lib.below import VALUE as BELOW\nT = TypeVar('T')\n"
        "class Box(Generic[T]):\n    pass\nclass Made(Box[Base]):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lazy_imports_module, "LAZY", {"made_lib": "tests"})
    yield
    for name in [*below("made_lib", [*sys.modules]), "made_user"]:
        sys.modules.pop(name, None)


def user() -> Any:
    with lazy_imports():
        return importlib.import_module("made_user")


def is_imported() -> bool:
    return "made_lib" in sys.modules


@pytest.mark.usefixtures("package")
def test_a_module_is_imported_at_the_first_use() -> None:
    made = user()
    assert not is_imported()
    assert made.double(4) == 8
    assert is_imported()
    assert made.made_lib.double(1) == 2


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("use", "value"),
    [
        (lambda made: made.Settings.level, 3),
        (lambda made: made.VALUE == "value", True),
        (lambda made: {"value": 1}[made.VALUE], 1),
        (lambda made: bool(made.EMPTY), False),
        (lambda made: f"{made.VALUE}", "value"),
        (lambda made: made.VALUE.upper(), "VALUE"),
        (lambda made: str(made.BELOW), "below"),
        (lambda made: str(made.below.VALUE), "below"),
        (lambda made: made.made_lib.below.VALUE == "below", True),
        (lambda made: type(made.Base()).__name__, "Base"),
    ],
)
def test_a_use_gives_what_the_module_has(use: Any, value: Any) -> None:
    assert use(user()) == value
    assert is_imported()


@pytest.mark.usefixtures("package")
def test_a_class_can_be_derived_from() -> None:
    base = user().Base
    derived = types.new_class("Derived", (base,))
    assert derived.__mro__[1].__module__ == "made_lib"
    assert isinstance(derived(), base)
    assert issubclass(derived, base)


@pytest.mark.usefixtures("package")
def test_nothing_is_an_instance_of_a_class_that_is_not_imported() -> None:
    made = user()
    assert not isinstance("text", made.Base)
    assert not issubclass(str, made.Base)
    assert not is_imported()


@pytest.mark.usefixtures("package")
def test_an_operation_that_is_not_defined_is_an_error() -> None:
    made = user()
    for operation in (len, iter, lambda value: value + "x", lambda value: value[0]):
        with pytest.raises(TypeError):
            operation(made.VALUE)


@pytest.mark.usefixtures("package")
def test_a_use_while_others_are_lazy_imports_all_from_then_on() -> None:
    with lazy_imports():
        from made_lib import double  # type: ignore[import-not-found]

        assert isinstance(double, LazyName)
        assert double(2) == 4
        from made_lib import VALUE

        assert type(VALUE) is str
    assert is_imported()


@pytest.mark.usefixtures("package")
def test_a_module_that_is_imported_already_stays() -> None:
    before = importlib.import_module("made_lib")
    with lazy_imports():
        assert importlib.import_module("made_lib") is before
    assert sys.modules["made_lib"] is before


@pytest.mark.usefixtures("package")
def test_a_failing_import_leaves_nothing_behind(tmp_path: Path) -> None:
    finders = [*sys.meta_path]
    (tmp_path / "made_user.py").write_text("import made_lib, made_missing\n")
    with pytest.raises(ModuleNotFoundError):
        user()
    assert sys.meta_path == finders
    assert not is_imported()
