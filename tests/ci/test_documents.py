"""What README, the page of the hook and that of continuous integration say is so."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from checkout import CLEAN, HAZARD, ROOT, commit, git, run, surroundings
from github_job import action, load_yaml
from markdown_it import MarkdownIt

PAGE = ROOT / "docs" / "ci.md"


def fenced(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    tokens = MarkdownIt().parse(page.read_text("utf-8"))
    return [each.content for each in tokens if each.type == "fence" and each.info == language]


def named(text: str) -> str:
    """Return the name of the file that a block shows: its first line, or what has ``repos``."""
    found = re.match(r"# ([\w./-]+\.ya?ml)\n", text)
    return found[1] if found else ".pre-commit-config.yaml" if text.startswith("repos:") else ""


BLOCKS = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in (ROOT / "README.md", ROOT / "docs" / "hook.md", PAGE)
    for number, text in enumerate(fenced(page, "yaml"), 1)
]


def validate(text: str, directory: Path) -> str:
    """Return what is wrong with the text of a block, by what is published for its file."""
    name = named(text)
    path = directory / Path(name).name
    path.write_text(text, "utf-8")
    if name == ".pre-commit-config.yaml":
        command = [sys.executable, "-m", "pre_commit", "validate-config", str(path)]
    elif name == ".gitlab-ci.yml":
        command = ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(path)]
    elif name.startswith(".github/workflows/"):
        command = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    else:
        return f"no file: {text}"
    done = run(*command, cwd=directory)
    return done.stdout if done.returncode else ""


def jobs_of(name: str) -> list[dict[str, Any]]:
    """Return the jobs in the blocks of the page that show this file."""
    found = [load_yaml(text) for text in fenced(PAGE, "yaml") if named(text) == name]
    if name == ".gitlab-ci.yml":
        return [job for each in found for job in each.values()]
    return [job for each in found for job in each["jobs"].values()]


@pytest.mark.parametrize("text", BLOCKS)
def test_every_block_is_valid(text: str, tmp_path: Path) -> None:
    assert validate(text, tmp_path) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [("runs-on:", "runs-at:"), ("when: always", "when: ever"), ("hooks:", "hook:")],
    ids=["workflow", "gitlab", "pre-commit"],
)
def test_a_block_that_is_not_valid_is_noticed(old: str, new: str, tmp_path: Path) -> None:
    (text, *_) = [block.values[0] for block in BLOCKS if old in str(block.values[0])]
    assert validate(str(text).replace(old, new), tmp_path) != ""


def test_the_action_is_valid() -> None:
    command = ("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    done = run(*command, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_every_job_with_permissions_of_its_own_has_no_others_and_ends() -> None:
    blocks = [text for text in fenced(PAGE, "yaml") if named(text).startswith(".github/")]
    assert len(blocks) == 4
    assert all(load_yaml(text)["permissions"]["contents"] == "read" for text in blocks)
    assert all("timeout-minutes: " in text for text in blocks)


def test_workflows_give_inputs_that_the_action_has() -> None:
    steps = [step for job in jobs_of(".github/workflows/shapeguard.yml") for step in job["steps"]]
    used = [step for step in steps if "/shapeguard@" in step.get("uses", "")]
    assert len(used) == 3
    assert [set(step["with"]) - set(action()["inputs"]) for step in used] == [set()] * 3


def test_inputs_and_outputs_are_those_of_the_action() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \|(?: (?:`(.*)`)? ?\|)? ", PAGE.read_text("utf-8"), re.MULTILINE
    )
    declared = action()
    inputs = [(name, str(each["default"])) for name, each in declared["inputs"].items()]
    assert rows == inputs + [(name, "") for name in declared["outputs"]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a repository with a hazard in its first commit and another in its second."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "shapeguard.toml").write_text("", "utf-8")
    commit(tmp_path, hazard=HAZARD)
    commit(tmp_path, another=HAZARD, clean=CLEAN)
    return tmp_path


def test_the_scripts_for_gitlab_fail_and_leave_the_report(project: Path) -> None:
    base = git(project, "rev-parse", "HEAD~1")
    found: list[list[str]] = []
    for job in jobs_of(".gitlab-ci.yml"):
        script = "\n".join(job["script"])
        env = surroundings(CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
        done = run("bash", "-eo", "pipefail", "-c", script, cwd=project, env=env)
        assert done.returncode == 1, done.stdout
        report = project / job["artifacts"]["reports"]["codequality"]
        issues = json.loads(report.read_text("utf-8"))
        found.append([issue["location"]["path"] for issue in issues])
        report.unlink()
    assert found == [["another.py", "hazard.py"], ["another.py"]]


def test_what_reviewdog_reads_is_its_format(project: Path) -> None:
    (job,) = jobs_of(".github/workflows/reviewdog.yml")
    command, bar, reader = job["steps"][-1]["run"].partition("|")
    assert bar
    assert "reviewdog -f=rdjson " in reader
    done = run("bash", "-c", f"{command} 2> log", cwd=project)
    assert done.returncode == 0, done.stdout
    paths = [each["location"]["path"] for each in json.loads(done.stdout)["diagnostics"]]
    assert paths == ["another.py", "hazard.py"]


def test_the_command_for_everything_else_writes_what_it_names(project: Path) -> None:
    (text,) = fenced(PAGE, "console")
    command = text.removeprefix("$ ").replace(" src ", " . ")
    done = run("bash", "-c", command, cwd=project)
    assert done.returncode == 1, done.stdout
    assert "<testsuite" in (project / "shapeguard.xml").read_text("utf-8")
    assert json.loads((project / "shapeguard.sarif").read_text("utf-8"))["version"] == "2.1.0"
