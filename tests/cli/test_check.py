from __future__ import annotations

import json
import re
import subprocess

import pytest
from sarif_validation import complaints
from timeless import timeless

JOIN = "hazard.py:16:16: SG101 "


def test_findings_are_status_1_and_clean_files_0(tool):
    done = tool("check", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith(JOIN)
    assert done.stdout.count("\n") == 1
    assert timeless(done.stderr) == (
        "Found 1 finding in 1 file (2 files checked).\n1 fixable with --fix --unsafe-fixes.\n"
    )
    done = tool("check", "clean.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert timeless(done.stderr) == "No findings (1 file checked).\n"


def test_exit_zero_and_quiet(tool):
    done = tool("check", "--exit-zero", "--quiet", "--output-format", "concise")
    assert done.returncode == 0
    assert done.stdout.startswith(JOIN)
    assert done.stderr == ""


def test_full_shows_source_trace_and_witness(tool):
    text = tool("check", "hazard.py").stdout
    for phrase in (
        "--> hazard.py:16:16 in Layer.single",
        "16 |         return torch.cat([prefix, keys], dim=2)",
        "trace, from source to sink:",
        "witness: ",
        "consequence: crash",
        "help: shapeguard rule SG101",
    ):
        assert phrase in text


def test_json_names_files_relative_to_the_working_directory(tool, project):
    (entry,) = json.loads(tool("check", str(project), "--output-format", "json").stdout)
    assert entry["code"] == "SG101"
    assert entry["filename"] == "hazard.py"
    assert entry["location"] == {"row": 16, "column": 16}
    assert entry["trace"][-1]["location"] == entry["location"]
    assert {step["filename"] for step in entry["trace"]} == {"hazard.py"}
    assert len(entry["fingerprint"]) > 0


def test_reports_go_to_files(tool, project):
    done = tool(
        "check", "-o", "c.txt", "--output-format", "concise", "--report", "json=r.json",
        "--report", "html=r.html",
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert (project / "c.txt").read_text("utf-8").startswith(JOIN)
    assert len(json.loads((project / "r.json").read_text("utf-8"))) == 1
    assert "<title>shapeguard: 1 finding in 1 file" in (project / "r.html").read_text("utf-8")


def test_a_sarif_report_describes_the_rules_and_what_went_wrong(tool):
    done = tool("check", "--output-format", "sarif")
    assert done.returncode == 1
    assert complaints(done.stdout) == []
    (run,) = json.loads(done.stdout)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "SG101"
    assert "## Use instead" in rule["help"]["markdown"]
    assert run["invocations"][0]["executionSuccessful"] is True
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "hazard.py"
    broken = json.loads(tool("check", "gone.py", "--output-format", "sarif").stdout)["runs"][0]
    assert broken["invocations"][0]["executionSuccessful"] is False
    assert "gone.py" in json.dumps(broken["invocations"])


def test_a_comment_for_a_pull_request(tool):
    done = tool("check", "--output-format", "markdown")
    assert done.stdout.startswith("### shapeguard: 1 finding in 1 file\n\n2 files checked.\n")
    assert "**Help**: `shapeguard rule SG101`" in done.stdout
    done = tool("check", "gone.py", "--output-format", "markdown")
    assert "**Not everything was checked**: 1 problem" in done.stdout


def test_unwritable_report_is_status_2_and_the_others_are_written(tool, project):
    done = tool("check", "--report", "json=no/r.json", "--report", "concise=c.txt")
    assert done.returncode == 2
    assert "error: no/r.json: cannot be written: No such file or directory" in done.stderr
    assert "SG101" in done.stdout
    assert (project / "c.txt").exists()


def test_missing_path_is_status_2_and_the_others_are_checked(tool):
    done = tool("check", "gone.py", "hazard.py", "--output-format", "concise", "--exit-zero")
    assert done.returncode == 2
    assert "error: gone.py: no such file or directory\n" in done.stderr
    assert done.stdout.startswith(JOIN)


def test_directory_without_python_is_a_warning(tool, project):
    (project / "docs").mkdir()
    done = tool("check", "docs")
    assert done.returncode == 0
    assert "warning: docs: no Python files here" in done.stderr
    assert tool("check", "docs", "--quiet").stderr == ""


def test_file_that_does_not_parse_is_a_finding(tool, project):
    (project / "broken.py").write_text("import torch\ndef f(:\n", "utf-8")
    (project / "latin.py").write_bytes(b"import torch\nx = '\xe4'\n")
    done = tool("check", "--output-format", "concise")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("broken.py:2:")
    assert " SG900 " in lines[0]
    assert lines[1].startswith(JOIN)
    assert lines[2].startswith("latin.py:")
    assert " SG900 " in lines[2]


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["--select", "SG110"], "--select: unknown rule code 'SG110'; nearest: SG"),
        (["--ignore", "SG1,NOPE"], "--ignore: unknown rule code 'NOPE'"),
        (["--output-format", "jsn"], "'jsn' is not one of"),
        (["--report", "json"], "'json' is not NAME=FILE"),
        (["--report", "xml=f"], "'xml=f' is not NAME=FILE"),
        (["--min-confidence", "sure"], "'sure' is not one of"),
        (["--config", "gone.toml"], "gone.toml: cannot be read"),
        (["--nope"], "No such option"),
    ],
)
def test_wrong_usage_is_status_2(arguments, phrase, tool):
    done = tool("check", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert phrase in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_configuration_is_status_2(tool, project):
    (project / "shapeguard.toml").write_text('selct = ["SG1"]\n', "utf-8")
    done = tool("check")
    assert done.returncode == 2
    assert "shapeguard.toml: selct: unknown key; did you mean 'select'?" in done.stderr
    (project / "shapeguard.toml").write_text('ignore = ["SG110"]\n', "utf-8")
    done = tool("check")
    assert done.returncode == 2
    assert "shapeguard.toml: ignore: unknown rule code 'SG110'; nearest: SG" in done.stderr


def test_select_ignore_and_confidence_are_obeyed(tool, project):
    assert tool("check", "--ignore", "SG1").returncode == 0
    assert tool("check", "--select", "SG9").returncode == 0
    assert tool("check", "--ignore", "SG1", "--extend-select", "SG101").returncode == 1
    (project / "shapeguard.toml").write_text('ignore = ["SG101"]\n', "utf-8")
    assert tool("check").returncode == 0
    assert tool("check", "--ignore", "").returncode == 1


def test_excludes(tool, project):
    assert tool("check", "--extend-exclude", "hazard.py").returncode == 0
    named = ["check", "hazard.py", "--extend-exclude", "hazard.py"]
    assert tool(*named).returncode == 1
    assert tool(*named, "--force-exclude").returncode == 0
    (project / "shapeguard.toml").write_text("force-exclude = true\n", "utf-8")
    assert tool(*named).returncode == 0
    assert tool(*named, "--no-force-exclude").returncode == 1


def test_show_files_and_settings(tool, project):
    assert tool("check", "--show-files").stdout == "clean.py\nhazard.py\n"
    assert tool("check", "--show-files", "gone").returncode == 2
    (project / "shapeguard.toml").write_text('ignore = ["SG101"]\n', "utf-8")
    shown = tool("check", "--show-settings", "--min-confidence", "low").stdout
    assert shown.startswith(f"# from {project / 'shapeguard.toml'}\n")
    assert 'ignore = ["SG101"]\n' in shown
    assert 'min-confidence = "low"\n' in shown


def test_shown_settings_are_a_configuration(tool, project):
    (project / "own.toml").write_text(tool("check", "--show-settings").stdout, "utf-8")
    again = tool("check", "--config", "own.toml", "--show-settings").stdout
    assert again.splitlines()[1:] == tool("check", "--show-settings").stdout.splitlines()[1:]


def test_standard_input_stands_in_for_its_file(tool, project):
    text = (project / "hazard.py").read_text("utf-8")
    given = ["check", "--output-format", "concise", "--stdin-filename", "clean.py", "-"]
    done = tool(*given, text=text)
    assert done.returncode == 1
    assert done.stdout.startswith("clean.py:16:16: SG101 ")
    assert tool("check", "--stdin-filename", "new.py", "-", text=text).returncode == 1
    assert tool("check", "--stdin-filename", "hazard.py", "-", text="").returncode == 0
    both = tool(*given, "hazard.py", text=text).stdout
    assert [line.partition(":")[0] for line in both.splitlines()] == ["clean.py", "hazard.py"]


def test_frames_show_standard_input_not_the_disk(tool, project):
    text = "# shifted\n" + (project / "hazard.py").read_text("utf-8")
    shown = tool("check", "--stdin-filename", "hazard.py", "-", text=text).stdout
    assert "17 |         return torch.cat([prefix, keys], dim=2)" in shown


@pytest.mark.parametrize("arguments", [["-"], ["--stdin-filename", "a.py"]])
def test_standard_input_needs_its_name_and_its_path(arguments, tool):
    done = tool("check", *arguments, text="")
    assert done.returncode == 2
    assert "standard input takes both, the path - and --stdin-filename F" in done.stderr


def test_excluded_standard_input_is_not_checked(tool, project):
    text = (project / "hazard.py").read_text("utf-8")
    given = ["check", "--stdin-filename", "gen/a.py", "-", "--extend-exclude", "gen"]
    assert tool(*given, text=text).returncode == 1
    assert tool(*given, "--force-exclude", text=text).returncode == 0


def test_verbose_says_what_was_read(tool, project):
    errors = tool("check", "--verbose").stderr
    assert f"settings: {project / 'shapeguard.toml'}\n" in errors
    assert re.search(
        r"^time: .* s \(files .* s, analysis .* s, reports .* s\)$", errors, re.MULTILINE
    )


def test_functions_that_were_given_up_are_counted_and_with_verbose_named(tool, project):
    function = "def {}(x, i: slice):\n    return torch.cat([" + "lambda: " * 500 + "x[i]])\n"
    (project / "deep.py").write_text(f"import torch\n{function.format('f')}", "utf-8")
    done = tool("check", "deep.py")
    assert done.returncode == 0
    assert timeless(done.stderr) == (
        "No findings (1 file checked). 1 function was not analysed (names with --statistics).\n"
    )
    assert tool("check", "deep.py", "--quiet").stderr == ""
    (project / "deeper.py").write_text(f"import torch\n{function.format('g')}", "utf-8")
    errors = timeless(tool("check", "--verbose").stderr)
    assert "(4 files checked). 2 functions were not analysed (names with" in errors
    assert "\nnot analysed: deep.f\nnot analysed: deeper.g\n" in errors


def test_colour_only_when_asked(tool):
    asked = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    assert "\x1b[" not in tool("check").stdout
    assert "\x1b[" in tool("check", **asked).stdout
    assert "\x1b[" not in tool("check", **asked, NO_COLOR="1").stdout
    assert "\x1b[" not in tool("check", "-o", "/dev/stdout", **asked).stdout


def test_hostile_file_name_and_source_reach_no_terminal(tool, project):
    name = "a\x1b[2J.py"
    text = (project / "hazard.py").read_text("utf-8")
    (project / name).write_text(text.replace("dim=2)", "dim=2)  # \x1b[2J\u202e"), "utf-8")
    done = tool("check", name)
    assert done.returncode == 1
    assert "a\\x1b[2J.py:16:16" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout


def test_crash_is_status_2_with_a_report_to_paste(tool, project):
    (project / "sitecustomize.py").write_text(
        "import shapeguard.lint.discover as d\n"
        "def fail(*_): raise RuntimeError('boom')\n"
        "d.discover = fail\n",
        "utf-8",
    )
    import os  # noqa: PLC0415 - the path of this run is extended, not replaced

    path = os.pathsep.join([str(project), os.environ.get("PYTHONPATH", "")])
    done = tool("check", "a b.py", PYTHONPATH=path)
    assert done.returncode == 2
    for phrase in (
        "shapeguard itself failed",
        "python 3.",
        "libcst ",
        "$ shapeguard check 'a b.py'",
        "RuntimeError: boom",
    ):
        assert phrase in done.stderr


def test_no_arguments_shows_the_commands(tool):
    done = tool()
    assert done.returncode == 2
    for command in ("check", "rule", "run"):
        assert f"\n  {command} " in done.stderr


def test_misspelt_command(tool):
    done = tool("chek")
    assert done.returncode == 2
    assert "No such command 'chek'" in done.stderr


def test_completion_of_the_shell(tool):
    done = tool(_SHAPEGUARD_COMPLETE="bash_source")
    assert isinstance(done, subprocess.CompletedProcess)
    assert "_shapeguard_completion" in done.stdout


def test_statistics_count_findings_by_rule_and_functions(tool):
    done = tool("check", "--statistics", "--output-format", "json")
    assert len(json.loads(done.stdout)) == 1
    rule, files, analysed, left_out, suppressed, summary, _ = done.stderr.splitlines()
    assert rule == "1  SG101  conditionally-narrowed-operand"
    assert files == "2  files checked"
    assert re.fullmatch(r"[1-9]  functions analysed", analysed)
    assert left_out == "0  functions not analysed"
    assert suppressed == "0  findings suppressed"
    assert timeless(summary) == "Found 1 finding in 1 file (2 files checked)."


def test_statistics_name_the_functions_that_were_given_up(tool, project):
    body = "".join(f"    x{i} = {'torch.cat([a, b]) + ' * 40}1\n" for i in range(400))
    (project / "long.py").write_text(f"import torch\n\n\ndef f(a, b):\n{body}", "utf-8")
    done = tool("check", "--statistics", "long.py")
    assert "1  functions not analysed\n" in done.stderr
    assert "not analysed: long.f\n" in done.stderr
