"""The steps of the action, with the shell and the environment that GitHub's runner gives them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from checkout import CLEAN, HAZARD, ROOT, check_out, commit, git, run
from github_job import action, job

if TYPE_CHECKING:
    from pathlib import Path

    from github_job import Job

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="needs the project's own repository"
)

# Names that the tools in the steps import. Whoever opens a pull request chooses the files of a checkout.
IMPORTED = ("pip", "venv", "ensurepip", "json", "click", "shapeguard", "sitecustomize")
TRAP = "import pathlib\npathlib.Path(__file__).with_name('executed').touch()\n"
HOSTILE = (
    "$(touch executed)",
    "`touch executed`",
    "; touch executed",
    "'; touch executed; '",
    '"; touch executed; "',
    "x\ntouch executed",
)
STEPS: list[dict[str, Any]] = action()["runs"]["steps"]


class Act(Protocol):
    def __call__(self, **inputs: str) -> Job: ...


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout of the project, as the runner makes it of an action."""
    target = tmp_path_factory.mktemp("source") / "shapeguard"
    check_out(target)
    return target


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the steps put out in a repository that sets traps for them."""
    workspace = tmp_path_factory.mktemp("workspace")
    for name in IMPORTED:
        (workspace / f"{name}.py").write_text(TRAP, "utf-8")
    first = job(workspace, tmp_path_factory.mktemp("temp"), source)
    for step in STEPS[:3]:
        first.perform(step)
    assert not first.failed, first.log
    assert first.output("exit-status") == "0"
    assert not (workspace / "executed").exists()
    return first.values


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "shapeguard.toml").write_text("", "utf-8")
    (tmp_path / "workspace" / "clean.py").write_text(CLEAN, "utf-8")
    return tmp_path / "workspace"


@pytest.fixture
def act(workspace: Path, source: Path, installed: dict[str, str], tmp_path: Path) -> Act:
    """Return a function that runs the action with these inputs, installed once for all tests."""
    (tmp_path / "temp").mkdir()

    def perform(**inputs: str) -> Job:
        (tmp_path / "reports").mkdir()
        done = job(workspace, tmp_path / "temp", source, **inputs)
        for name in ("tool", "python"):
            done.values[f"steps.install.outputs.{name}"] = installed[
                f"steps.install.outputs.{name}"
            ]
        done.values["steps.install.outputs.home"] = str(tmp_path / "reports")
        for step in STEPS[2:]:
            done.perform(step)
        return done

    return perform


def results_of(file: str) -> list[dict[str, Any]]:
    (found,) = json.loads((ROOT / file).read_text("utf-8"))["runs"]
    return found["results"]


def file_of(result: dict[str, Any]) -> str:
    return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def steps_of(done: Job) -> list[str]:
    return [name for name, _ in done.done]


def test_a_clean_project_passes(act: Act) -> None:
    done = act()
    assert not done.failed, done.log
    assert (done.output("exit-status"), done.output("findings")) == ("0", "0")
    assert json.loads((ROOT / done.output("sarif-file")).read_text("utf-8"))["version"] == "2.1.0"
    assert "found nothing in 1 file" in done.summary
    assert "::error" not in done.log


def test_a_hazard_is_annotated_summed_up_uploaded_and_then_fails_the_job(
    act: Act, workspace: Path
) -> None:
    (workspace / "hazard.py").write_text(HAZARD, "utf-8")
    done = act(upload_sarif="true", category="here")
    assert done.failed
    assert (done.output("exit-status"), done.output("findings")) == ("1", "1")
    assert re.search(r"^::error [^:]*file=hazard\.py,line=8,", done.log, re.MULTILINE)
    assert "SG101" in done.summary
    assert steps_of(done) == [
        "Check",
        "Leave out what is suppressed",
        "Upload to code scanning",
        "Fail on findings",
    ]
    uploaded = done.done[2][1]
    assert uploaded["category"] == "here"
    for file in (uploaded["sarif_file"], done.output("sarif-file")):
        assert [result["ruleId"] for result in results_of(file)] == ["SG101"]


def test_what_is_suppressed_is_in_the_report_and_not_uploaded(
    act: Act, workspace: Path, installed: dict[str, str]
) -> None:
    (workspace / "json.py").write_text(TRAP, "utf-8")
    (workspace / "old.py").write_text(HAZARD, "utf-8")
    written = run(installed["steps.install.outputs.tool"], "baseline", "write", cwd=workspace)
    assert written.returncode == 0, written.stdout
    (workspace / "commented.py").write_text(f"# shapeguard: ignore-file[SG101] why\n{HAZARD}")
    (workspace / "hazard.py").write_text(HAZARD, "utf-8")
    done = act(upload_sarif="true", baseline="shapeguard-baseline.json")
    assert done.output("findings") == "1"
    (uploaded,) = results_of(done.done[2][1]["sarif_file"])
    assert file_of(uploaded) == "hazard.py"
    reported = results_of(done.output("sarif-file"))
    assert {file_of(each): "suppressions" in each for each in reported} == {
        "hazard.py": False,
        "old.py": True,
        "commented.py": True,
    }
    assert not (workspace / "executed").exists()


def test_findings_need_not_fail_the_job(act: Act, workspace: Path) -> None:
    (workspace / "hazard.py").write_text(HAZARD, "utf-8")
    done = act(fail_on_findings="false", summary="false")
    assert not done.failed
    assert (done.output("exit-status"), done.output("findings")) == ("1", "1")
    assert done.summary == ""
    assert "Upload to code scanning" not in steps_of(done)


@pytest.mark.parametrize("value", ["no", "False", "", "true"])
def test_only_the_word_false_lets_findings_pass(act: Act, workspace: Path, value: str) -> None:
    (workspace / "hazard.py").write_text(HAZARD, "utf-8")
    assert act(fail_on_findings=value).failed


def test_without_annotations_the_log_has_the_findings_in_full_and_no_commands(
    act: Act, workspace: Path
) -> None:
    (workspace / "hazard.py").write_text(HAZARD + "    # ##[add-mask]x\n", "utf-8")
    done = act(annotations="false")
    assert "--> hazard.py:8:12 in join" in done.log
    found = re.search(
        r"\A::stop-commands::([0-9a-f]{32})\n(.*)^::\1::$", done.log, re.DOTALL | re.MULTILINE
    )
    assert found
    assert "hazard.py" not in done.log.replace(found[0], "")
    assert "::" not in found[2]


def test_what_cannot_be_checked_fails_the_job_and_the_rest_is_reported(
    act: Act, workspace: Path
) -> None:
    (workspace / "hazard.py").write_text(HAZARD, "utf-8")
    done = act(paths="hazard.py\nmissing", fail_on_findings="false")
    assert done.failed
    assert (done.output("exit-status"), done.output("findings")) == ("2", "1")
    assert "missing" in done.log
    assert "::error title=shapeguard::Something could not be checked" in done.log


def test_wrong_options_fail_the_job_without_reports(act: Act) -> None:
    done = act(args="--selekt SG1", upload_sarif="true")
    assert done.failed
    assert steps_of(done) == ["Check", "Fail on findings"]
    assert (done.output("exit-status"), done.output("findings")) == ("2", "")
    assert done.output("sarif-file") == ""
    assert "No such option" in done.log


def test_paths_are_lines_and_options_are_words(act: Act, workspace: Path) -> None:
    for name in ("two words", "-x"):
        (workspace / name).mkdir()
        (workspace / name / "hazard.py").write_text(HAZARD, "utf-8")
    (workspace / "left_out.py").write_text(HAZARD, "utf-8")
    done = act(paths="two words\n\n-x\n", args="--statistics\n  --output-format   concise\n")
    assert done.output("findings") == "2"
    assert "two words/hazard.py:8:12: SG101" in done.log
    assert "-x/hazard.py:8:12: SG101" in done.log
    assert "functions analysed" in done.log


def test_the_configuration_is_that_of_the_input(act: Act, workspace: Path) -> None:
    (workspace / "hazard.py").write_text(HAZARD, "utf-8")
    (workspace / "other.toml").write_text('select = ["SG2"]\n', "utf-8")
    assert not act(config="other.toml").failed


def test_only_changed_lines_are_reported(act: Act, workspace: Path) -> None:
    git(workspace, "init", "--quiet")
    old = commit(workspace, hazard=HAZARD)
    commit(workspace, another=HAZARD)
    done = act(diff_base=old)
    assert done.output("findings") == "1"
    assert "file=another.py" in done.log


def test_a_base_that_was_not_fetched_fails_the_job(act: Act, workspace: Path) -> None:
    git(workspace, "init", "--quiet")
    commit(workspace, hazard=HAZARD)
    done = act(diff_base="0123456789" * 4, fail_on_findings="false")
    assert done.failed
    assert done.output("exit-status") == "2"
    assert "0123456789" in done.log


def test_only_what_the_baseline_does_not_hold_is_reported(
    act: Act, workspace: Path, installed: dict[str, str]
) -> None:
    (workspace / "hazard.py").write_text(HAZARD, "utf-8")
    written = run(installed["steps.install.outputs.tool"], "baseline", "write", cwd=workspace)
    assert written.returncode == 0, written.stdout
    (workspace / "another.py").write_text(HAZARD, "utf-8")
    done = act(baseline="shapeguard-baseline.json")
    assert done.output("findings") == "1"
    assert "file=another.py" in done.log


@pytest.mark.parametrize("value", HOSTILE)
def test_no_input_is_run(act: Act, workspace: Path, value: str) -> None:
    done = act(paths=value, args=value, config=value, baseline=value, diff_base=value)
    assert done.output("exit-status") == "2"
    assert not list(workspace.parent.rglob("executed"))


def test_no_requirement_is_run(source: Path, workspace: Path, tmp_path: Path) -> None:
    done = job(workspace, tmp_path, source, extras=HOSTILE[0], packs="\n".join(HOSTILE))
    done.perform(STEPS[1])
    assert done.failed
    assert not list(tmp_path.rglob("executed"))


def test_no_script_has_an_expression() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) == 4
    assert [script for script in scripts if "${{" in script] == []


def test_every_input_is_used() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    assert [name for name in action()["inputs"] if f"inputs.{name} " not in text] == []


def test_actions_of_others_are_of_one_major_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used == ["actions/setup-python@v6", "github/codeql-action/upload-sarif@v4"]
