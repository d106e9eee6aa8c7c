"""The hooks as users have them: a runner builds their environment and refuses a commit."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from checkout import CLEAN, HAZARD, ROOT, check_out, commit, git, run, surroundings

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

pytestmark = pytest.mark.skipif(
    not (ROOT / ".pre-commit-hooks.yaml").is_file() or not (ROOT / ".git").exists(),
    reason="needs the project's own repository",
)

COMMANDS = {"pre-commit": (sys.executable, "-m", "pre_commit"), "prek": ("prek",)}
PLACE = "hazard.py:8:12 in join"
TOP = """\
import torch


def top(x: torch.Tensor):
    return x.max(0)
"""
SHARES = """\
from top import top


def all_of(x, sizes):
    tops = []
    for i in range(len(sizes)):
        tops.append(top(x[sum(sizes[:i]) : sum(sizes[: i + 1])]))
    return tops
"""
UNUSED = "x = 1  # shapeguard: ignore[SG101] outlived\n"


@dataclass(frozen=True)
class Runner:
    """A program that runs hooks, and the home in which it keeps their environments."""

    command: tuple[str, ...]
    home: Path
    source: Path
    rev: str

    @property
    def environment(self) -> dict[str, str]:
        return surroundings(PRE_COMMIT_HOME=str(self.home), PREK_HOME=str(self.home))

    def project(self, directory: Path, *hooks: str) -> Path:
        """Return a new repository with these hooks, written as they stand in a configuration."""
        git(directory, "init", "--quiet", "--initial-branch=main")
        lines = ["repos:", f"  - repo: {self.source}", f"    rev: {self.rev}", "    hooks:"]
        lines += [f"      - {hook}" for hook in hooks]
        (directory / ".pre-commit-config.yaml").write_text("\n".join(lines) + "\n", "utf-8")
        (directory / "shapeguard.toml").write_text("", "utf-8")
        return directory

    def __call__(self, directory: Path, *arguments: str) -> CompletedProcess[str]:
        return run(*self.command, *arguments, cwd=directory, env=self.environment)

    def check(self, directory: Path, *arguments: str) -> CompletedProcess[str]:
        """Run the hooks."""
        return self(directory, "run", "--verbose", *arguments)

    def commit(self, directory: Path, **files: str) -> CompletedProcess[str]:
        """Write files and commit everything, for which git asks the hooks."""
        for name, text in files.items():
            (directory / f"{name}.py").write_text(text, "utf-8")
        git(directory, "add", "--all")
        command = ("git", "commit", "--message", "change")
        return run(*command, cwd=directory, env=self.environment)

    def installations(self) -> dict[Path, tuple[int, int]]:
        """Return where shapeguard is installed, and something that a new installation changes."""
        found = ((path, path.stat()) for path in self.home.rglob("bin/shapeguard"))
        return {path: (status.st_ino, status.st_mtime_ns) for path, status in found}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a repository that holds the project as it stands in the working tree."""
    target = tmp_path_factory.mktemp("source") / "shapeguard"
    return target, check_out(target)


@pytest.fixture(scope="module", params=COMMANDS)
def runner(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    source: tuple[Path, str],
) -> Runner:
    """Return a runner that has installed nothing yet when the first test begins."""
    return Runner(COMMANDS[request.param], tmp_path_factory.mktemp("home"), *source)


@dataclass(frozen=True)
class First:
    """A repository after its first commit was refused, and what was there before and after."""

    project: Path
    refused: CompletedProcess[str]
    before: dict[Path, tuple[int, int]]
    after: dict[Path, tuple[int, int]]


@pytest.fixture(scope="module")
def first(runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> First:
    project = runner.project(tmp_path_factory.mktemp("project"), "id: shapeguard")
    done = runner(project, "install")
    assert done.returncode == 0, done.stdout
    before = runner.installations()
    refused = runner.commit(project, hazard=HAZARD)
    return First(project, refused, before, runner.installations())


def test_the_first_commit_installs_the_hook_and_is_refused(first: First) -> None:
    assert (len(first.before), len(first.after)) == (0, 1)
    assert first.refused.returncode == 1
    assert PLACE in first.refused.stdout
    assert "- exit code: 1" in first.refused.stdout
    assert run("git", "rev-parse", "HEAD", cwd=first.project).returncode != 0


def test_the_second_commit_finds_the_hook_installed_and_passes(
    runner: Runner, first: First
) -> None:
    done = runner.commit(first.project, hazard=CLEAN)
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    assert "nstalling environment" not in done.stdout
    assert runner.installations() == first.after


def test_a_clean_repository_passes_and_nothing_is_said(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard")
    commit(project, clean=CLEAN)
    done = runner(project, "run", "--all-files")
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    assert "checked" not in done.stdout


def test_only_the_files_of_a_range_are_checked(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard")
    old = commit(project, hazard=HAZARD)
    corrected = commit(project, other=CLEAN)
    newest = commit(project, another=HAZARD)

    passed = runner.check(project, "--from-ref", old, "--to-ref", corrected)
    assert passed.returncode == 0, passed.stdout
    assert "(1 file checked)" in passed.stdout

    refused = runner.check(project, "--from-ref", old, "--to-ref", newest)
    assert refused.returncode == 1
    assert "another.py:8:12 in join" in refused.stdout
    assert PLACE not in refused.stdout
    assert "in 1 file (2 files checked)" in refused.stdout


def test_a_file_is_judged_by_what_other_files_do_with_it(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard")
    shares = commit(project, shares=SHARES)
    commit(project, top=TOP)
    done = runner.check(project, "--from-ref", shares, "--to-ref", "HEAD")
    assert done.returncode == 1
    assert "a size in `sizes` may be 0" in done.stdout
    assert "shares.py:7:25" in done.stdout
    assert "in 1 file (1 file checked)" in done.stdout


def test_excludes_hold_for_the_files_of_a_commit(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard")
    (project / "shapeguard.toml").write_text('extend-exclude = ["hazard.py"]\n', "utf-8")
    commit(project, hazard=HAZARD)
    done = runner.check(project, "--all-files")
    assert done.returncode == 0, done.stdout


def test_options_are_given_as_args(runner: Runner, first: First, tmp_path: Path) -> None:
    project = runner.project(tmp_path, "{id: shapeguard, args: [--output-format, concise]}")
    commit(project, hazard=HAZARD)
    done = runner.check(project, "--all-files")
    assert done.returncode == 1
    assert "hazard.py:8:12: SG101 " in done.stdout


def test_wrong_settings_are_an_error_and_no_pass(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard")
    (project / "shapeguard.toml").write_text('selekt = ["ALL"]\n', "utf-8")
    commit(project, clean=CLEAN)
    done = runner.check(project, "--all-files")
    assert done.returncode == 1
    assert "- exit code: 2" in done.stdout
    assert "selekt" in done.stdout


def test_findings_of_the_baseline_pass_and_new_ones_do_not(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard")
    text = "".join(HAZARD.replace("join", f"join_{i}") for i in range(10))
    commit(project, hazard=text)
    ((tool, _),) = first.after.items()
    written = run(tool, "baseline", "write", cwd=project)
    assert written.returncode == 0, written.stdout
    (project / "shapeguard.toml").write_text('baseline = "shapeguard-baseline.json"\n', "utf-8")
    commit(project)
    done = runner.check(project, "--all-files")
    assert done.returncode == 0, done.stdout
    assert "10 findings are in the baseline" in done.stdout

    assert runner(project, "install").returncode == 0
    refused = runner.commit(project, hazard=f"{text}\n\n{HAZARD}")
    assert refused.returncode == 1
    assert "in join\n" in refused.stdout
    assert "Found 1 finding in 1 file" in refused.stdout


def test_the_fixing_hook_changes_the_file_and_passes_once_that_is_staged(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard-fix")
    assert runner(project, "install").returncode == 0
    done = runner.commit(project, unused=UNUSED)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert (project / "unused.py").read_text("utf-8") == "x = 1\n"
    assert git(project, "diff", "--name-only") == "unused.py"

    done = runner.commit(project)
    assert done.returncode == 0, done.stdout
    assert git(project, "show", "HEAD:unused.py") == "x = 1"
    assert runner.installations() == first.after


def test_the_fixing_hook_leaves_and_reports_what_may_change_the_program(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard-fix")
    commit(project, hazard=HAZARD)
    done = runner.check(project, "--all-files")
    assert done.returncode == 1
    assert PLACE in done.stdout
    assert "files were modified by this hook" not in done.stdout
    assert (project / "hazard.py").read_text("utf-8") == HAZARD


def test_the_hook_for_projects_checks_everything_before_a_push(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    remote = tmp_path / "remote"
    remote.mkdir()
    git(remote, "init", "--quiet", "--bare")
    (tmp_path / "project").mkdir()
    project = runner.project(tmp_path / "project", "id: shapeguard-project")
    assert runner(project, "install", "--hook-type", "pre-push").returncode == 0
    git(project, "remote", "add", "origin", str(remote))
    commit(project, hazard=HAZARD)
    commit(project, clean=CLEAN)

    push = ("git", "push", "origin", "main")
    refused = run(*push, cwd=project, env=runner.environment)
    assert refused.returncode == 1, refused.stdout
    assert PLACE in refused.stdout
    assert "(2 files checked)" in refused.stdout

    commit(project, hazard=CLEAN)
    done = run(*push, cwd=project, env=runner.environment)
    assert done.returncode == 0, done.stdout
    assert git(remote, "rev-parse", "main") == git(project, "rev-parse", "HEAD")


def test_the_hook_for_projects_waits_for_its_stage(
    runner: Runner, first: First, tmp_path: Path
) -> None:
    project = runner.project(tmp_path, "id: shapeguard-project")
    commit(project, hazard=HAZARD)
    assert runner.check(project, "--all-files").returncode == 0
    done = runner.check(project, "--all-files", "--hook-stage", "manual")
    assert done.returncode == 1
    assert PLACE in done.stdout


def test_the_manifest_is_one(runner: Runner) -> None:
    done = runner(ROOT, "validate-manifest", ".pre-commit-hooks.yaml")
    assert done.returncode == 0, done.stdout
