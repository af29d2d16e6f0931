"""Measure all cases: `make bench-loop`, or `python -m loop --rounds 5 --only validate`."""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
from pathlib import Path

from loop import baseline, measure
from loop.cases import CASES, GROWTH, WATCH, growth
from loop.repository import Repository
from loop.results import Results
from loop.watching import watching


def main() -> int:
    """Write the results; return 1 if a case misses its target."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", default="", help="cases whose name contains this text")
    options.add_argument("--growth", action="store_true", help="also measure up to a thousand")
    options.add_argument("--frameworks", action="store_true", help="also all checkov frameworks")
    options.add_argument("--write", action="store_true", help="write docs/performance.md too")
    chosen = options.parse_args()
    results = Results(chosen.rounds)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _measure(chosen, results, Path(folder))
    print(results.table(), end="")
    if chosen.write:
        results.write()
    return 0 if all(results.meets(case, found) for case, found in results.cases) else 1


def _measure(chosen: argparse.Namespace, results: Results, folder: Path) -> None:
    every = [case for case in (*CASES, WATCH) if chosen.only in case.name]
    cases = [case for case in every if case is not WATCH]
    for count in dict.fromkeys(case.environments for case in every):
        repository = Repository.create(folder / f"of-{count}", count)
        for number in dict.fromkeys(c.baseline for c in every if c.environments == count):
            if number not in results.baselines:
                plain = folder / f"plain-{number}"
                baseline.prepare(repository, repository.names[:number], plain)
                _baseline(chosen, results, plain, number)
        for case in (each for each in cases if each.environments == count):
            case.run(repository, -1)  # fills the caches that a case starts with
            run = functools.partial(case.run, repository)
            found = measure.alternating({case.name: run}, chosen.rounds, _show)
            results.cases.append((case, found[case.name]))
    if WATCH in every:
        repository = Repository.create(folder / "watched", WATCH.environments)
        with watching(repository) as watched:
            saved = measure.alternating({WATCH.name: watched.save}, chosen.rounds, _show)
        results.cases.append((WATCH, saved[WATCH.name]))
    for count in GROWTH if chosen.growth else ():
        repository = Repository.create(folder / f"growth-{count}", count)
        case = growth(count)
        case.run(repository, -1)
        run = functools.partial(case.run, repository)
        results.growth[count] = measure.alternating({case.name: run}, 3, _show)[case.name]


def _baseline(chosen: argparse.Namespace, results: Results, plain: Path, number: int) -> None:
    def run(_number: int, *, all_frameworks: bool) -> measure.Run:
        return baseline.run(plain, all_frameworks=all_frameworks)

    some = {f"baseline of {number}": functools.partial(run, all_frameworks=False)}
    results.baselines[number] = next(iter(measure.alternating(some, chosen.rounds, _show).values()))
    if chosen.frameworks:
        every = {f"baseline of {number}, all": functools.partial(run, all_frameworks=True)}
        results.all_frameworks[number] = next(iter(measure.alternating(every, 1, _show).values()))


def _show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
