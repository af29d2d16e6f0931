"""The results of a measurement: JSON, the page `docs/performance.md`, and its plot."""

from __future__ import annotations

import datetime
import json
import platform
from dataclasses import asdict, dataclass, field

from loop import plot
from loop.cases import GROWTH_TARGET, Case
from loop.measure import Median
from loop.repository import ROOT

FOLDER = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "performance.md"
START, END = "<!-- measured -->", "<!-- end: measured -->"


@dataclass(slots=True)
class Results:
    """Medians of the cases and of the baselines, which are by number of environments."""

    rounds: int
    baselines: dict[int, Median] = field(default_factory=dict)
    all_frameworks: dict[int, Median] = field(default_factory=dict)
    cases: list[tuple[Case, Median]] = field(default_factory=list)
    growth: dict[int, Median] = field(default_factory=dict)

    def ratio(self, case: Case, found: Median) -> float:
        """Return how many times longer the baseline takes."""
        return self._base(case).wall / found.wall

    def meets(self, case: Case, found: Median) -> bool:
        """Return whether a case reaches its target."""
        fast = case.seconds is None or found.wall <= case.seconds
        return fast and self.ratio(case, found) >= case.target

    def write(self) -> None:
        """Write the JSON, the plot and the measured part of the page."""
        FOLDER.mkdir(exist_ok=True)
        text = json.dumps(self._as_json(), indent=1) + "\n"
        (FOLDER / "loop.json").write_text(text)
        bars = [(case.name, self._base(case).wall, found.wall) for case, found in self.cases]
        (PAGE.parent / "performance.svg").write_text(plot.bars(bars))
        if self.growth:
            grown = {count: (each.wall, each.megabytes) for count, each in self.growth.items()}
            (PAGE.parent / "growth.svg").write_text(plot.curve(grown))
        before, _, rest = PAGE.read_text().partition(START)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{START}\n\n{self.table()}\n{END}{after}")

    def table(self) -> str:
        """Return the measured part of the page as Markdown."""
        today = datetime.datetime.now(datetime.UTC).date()
        about = (
            f"Medians of {self.rounds} runs, {today}, {platform.machine()}, two processors. The "
            "baseline is `cdk synth` of a plain app of the same stacks, with one environment or as "
            "many as the case has, then `checkov --framework cloudformation`."
        )
        lines = [
            about,
            "",
            "| case | baseline | ours | ratio | target | all frameworks | processor seconds | MB |",
            "|---|---:|---:|---:|---:|---:|---:|---:|",
        ]
        for case, found in self.cases:
            base, every = self._base(case), self.all_frameworks.get(case.baseline)
            target = f"≥ {case.target:g}" + (f", < {case.seconds:g} s" if case.seconds else "")
            mark = "" if self.meets(case, found) else " (missed)"
            lines.append(
                f"| {case.name} | {base.wall:.2f} s | {found.wall:.2f} s "
                f"| {self.ratio(case, found):.1f}{mark} | {target} "
                f"| {f'{every.wall / found.wall:.1f}' if every else ''} "
                f"| {base.processor:.1f} → {found.processor:.1f} "
                f"| {base.megabytes:.0f} → {found.megabytes:.0f} |"
            )
        if self.all_frameworks:
            parts = [f"{each.wall:.1f} s for {n}" for n, each in self.all_frameworks.items()]
            sentence = (
                "All frameworks: the ratio to a baseline with `checkov -d cdk.out`, "
                f"which also scans packages (one run: {', '.join(parts)})."
            )
            lines += ["", sentence]
        return "\n".join([*lines, *self._growth_table()]) + "\n"

    def _base(self, case: Case) -> Median:
        return self.baselines[case.baseline]

    def _growth_table(self) -> list[str]:
        if not self.growth:
            return []
        lines = [
            "",
            "| environments, one edited | seconds | processor seconds | MB |",
            "|---:|---:|---:|---:|",
        ]
        for count, found in self.growth.items():
            lines.append(
                f"| {count:,} | {found.wall:.2f} | {found.processor:.1f} | {found.megabytes:.0f} |"
            )
        if {4, 1000} <= self.growth.keys():
            times = self.growth[1000].wall / self.growth[4].wall
            sentence = f"A thousand take {times:.1f} times as long as four"
            lines += ["", f"{sentence}; the target is {GROWTH_TARGET:g}."]
        return lines

    def _as_json(self) -> dict[str, object]:
        return {
            "schema_version": 1,
            "rounds": self.rounds,
            "baselines": {str(count): asdict(each) for count, each in self.baselines.items()},
            "all_frameworks": {
                str(count): asdict(each) for count, each in self.all_frameworks.items()
            },
            "cases": [
                {
                    "name": case.name,
                    "baseline": case.baseline,
                    "target": case.target,
                    "ratio": round(self.ratio(case, found), 2),
                    "meets": self.meets(case, found),
                    **asdict(found),
                }
                for case, found in self.cases
            ],
            "growth": {str(count): asdict(each) for count, each in self.growth.items()},
        }
