"""A job on GitHub that uses the action of the project, as GitHub's runner runs it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from checkout import ROOT, run, surroundings
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from pathlib import Path

EXPRESSION = re.compile(r"\$\{\{ ([a-z-]+(?:\.[a-z-]+)+) \}\}")
COMPARISON = re.compile(r"([a-z.-]+) (==|!=) '([^']*)'")
# What "shell: bash" stands for in a step.
BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")


@cache
def action() -> dict[str, Any]:
    """Return the metadata of the action."""
    loaded: dict[str, Any] = load_yaml((ROOT / "action.yml").read_text("utf-8"))
    return loaded


def load_yaml(text: str) -> Any:
    """Return the value of a text in YAML 1.2, in which ``on`` is no boolean."""
    return YAML(typ="safe").load(text)  # pyright: ignore[reportUnknownMemberType] - ruamel has no type there


@dataclass
class Job:
    """A job that uses the action in one step: its files, and what has happened in it.

    ``done`` has the names of the steps that were run and the inputs of those that are actions of
    others, which are noted and not run.
    """

    workspace: Path
    temp: Path
    source: Path
    values: dict[str, str]
    done: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])
    log: str = ""
    summary: str = ""
    failed: bool = False

    def output(self, name: str) -> str:
        """Return an output of the action."""
        return self.evaluate(action()["outputs"][name]["value"])

    def evaluate(self, text: object) -> str:
        """Return a text with its expressions replaced; what was never set is empty."""
        return EXPRESSION.sub(lambda match: self.values.get(match[1], ""), str(text))

    def wanted(self, condition: str) -> bool:
        """Say whether a condition holds: comparisons with texts, all of which must."""
        parts = [COMPARISON.fullmatch(part) for part in condition.split(" && ")]
        found = [part.groups() for part in parts if part]
        assert len(found) == len(parts), condition
        return all(
            (self.values.get(name, "") == text) == (operator == "==")
            for name, operator, text in found
        )

    def perform(self, step: dict[str, Any]) -> None:
        """Run a step, unless it is not wanted or one before it has failed."""
        if self.failed or not self.wanted(step.get("if", "inputs.none == ''")):
            return
        self.done.append(
            (step["name"], {k: self.evaluate(v) for k, v in step.get("with", {}).items()})
        )
        if "run" in step:
            assert step["shell"] == "bash"
            self._run(step)

    def _run(self, step: dict[str, Any]) -> None:
        files = {
            name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        for path in files.values():
            path.write_text("", "utf-8")
        script = self.temp / "script.sh"
        script.write_text(step["run"], "utf-8")
        env = surroundings(
            RUNNER_TEMP=str(self.temp),
            GITHUB_ACTION_PATH=str(self.source),
            GITHUB_WORKSPACE=str(self.workspace),
            **{name: str(path) for name, path in files.items()},
            **{name: self.evaluate(value) for name, value in step["env"].items()},
        )
        done = run(*BASH, script, cwd=self.workspace, env=env)
        self.log += done.stdout
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        self.failed = done.returncode != 0
        for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            self.values[f"steps.{step['id']}.outputs.{name}"] = value


def job(workspace: Path, temp: Path, source: Path, **inputs: str) -> Job:
    """Return a job with the defaults of the action and these inputs, a ``_`` for each ``-``."""
    declared = {name: each["default"] for name, each in action()["inputs"].items()}
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    assert given.keys() <= declared.keys()
    values = {f"inputs.{name}": value for name, value in (declared | given).items()}
    values["steps.python.outputs.python-path"] = sys.executable
    return Job(workspace, temp, source, values)
