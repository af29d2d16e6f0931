"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from catalog_platform import variables
from catalog_platform.workspace import Workspace

# How long an example takes says more about who else uses the machine than about the code.
hypothesis.settings.register_profile("anywhere", deadline=None)
hypothesis.settings.load_profile("anywhere")

# They start first, so that parallel processes end at about the same time.
LONGEST = (
    "e2e/test_rehearse.py",
    "e2e/test_workflows.py",
    "e2e/test_replay.py",
    "packaging/test_build.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="rewrite expected files instead of comparing"
    )


def pytest_configure() -> None:
    """Share built bundles between tests, and not with the user. Packages still are the user's."""
    os.environ.setdefault("UV_CACHE_DIR", str(variables.cache_folder() / "uv"))
    os.environ["XDG_CACHE_HOME"] = str(Path(__file__).resolve().parents[1] / "build" / "test-cache")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    items.sort(key=lambda item: str(item.path.relative_to(tests)) not in LONGEST)


@pytest.fixture(scope="session")
def repository() -> Workspace:
    """The repository that these tests belong to.

    Its environments are other people's data: only tests/environments and the modules that
    tests/architecture/test_data.py lists may read them.
    """
    return Workspace(Path(__file__).resolve().parents[1])


@pytest.fixture(scope="session")
def examples() -> Workspace:
    """The test suite's own environments: development, local, production and staging."""
    return Workspace(Path(__file__).resolve().parent / "manifests")


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be rewritten."""
    return bool(request.config.getoption("--golden"))
