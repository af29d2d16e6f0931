"""Render which environments of a plan are rehearsed, for the matrix of a workflow."""

from __future__ import annotations

import json

from catalog_platform.plan.model import Plan

# https://docs.github.com/en/actions/reference/limits
MOST_JOBS = 256


def render(plan: Plan) -> str:
    """Return a list as JSON: for each job, the names of its environments, separated by spaces.

    They are the deployed environments on AWS that change. A job has several if they are more than
    a matrix has jobs.
    """
    names = [
        each.environment
        for each in plan.environments
        if each.status == "changed" and each.target == "aws"
    ]
    jobs = min(len(names), MOST_JOBS)
    return json.dumps([" ".join(names[at::jobs]) for at in range(jobs)]) + "\n"
