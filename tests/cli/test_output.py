from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys

import pytest

from shapeguard.cli.output import check_writable, wants_colour, write_file
from shapeguard.errors import UsageError


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("variables", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"NO_COLOR": "", "FORCE_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "False"}, True, False),
    ],
)
def test_colour(variables, terminal, wanted, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal() if terminal else io.StringIO()) is wanted


def test_file_is_replaced_whole_and_keeps_its_mode(tmp_path):
    path = tmp_path / "r.json"
    path.write_text("old", "utf-8")
    path.chmod(0o640)
    before = path.stat().st_ino
    write_file(path, "new\n")
    assert path.read_bytes() == b"new\n"
    assert path.stat().st_ino != before
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_new_file_has_the_mode_of_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        write_file(tmp_path / "r", "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o640


def test_link_keeps_being_a_link(tmp_path):
    (tmp_path / "real").write_text("old", "utf-8")
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text("utf-8") == "new"


def test_failure_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "r"
    path.write_text("old", "utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "\ud800")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_unwritable_path_is_a_clear_error(tmp_path):
    with pytest.raises(UsageError, match=r"gone/r\.json: cannot be written: No such file"):
        write_file(tmp_path / "gone" / "r.json", "x")
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        write_file(tmp_path, "x")


def test_device_is_written_to(tmp_path):
    code = "from pathlib import Path; from shapeguard.cli.output import write_file\n"
    code += "write_file(Path('/dev/stdout'), 'x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "x"


def test_reader_that_stops_early_is_no_error(tmp_path):
    code = (
        "import sys; from shapeguard.cli.output import write\n"
        "[write('x' * 100_000 + '\\n') for _ in range(50)]; sys.exit(7)"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 7


def test_narrow_encoding_of_the_terminal_is_no_error():
    code = "from shapeguard.cli.output import write; write('\u4e2d\\n')"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "\\u4e2d\n"


def appended(tmp_path, name, lines=("first",)):
    """Return what a file holds to which a shell has appended what was written to ``name``."""
    log = tmp_path / "log"
    log.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    code = "import sys; from pathlib import Path; from shapeguard.cli.output import write_file\n"
    code += "print('printed'); write_file(Path(sys.argv[1]), 'reported\\n'); print('last')"
    script = 'exec "$0" -c "$1" "$2" >> "$3" 3>&1'
    command = ["sh", "-c", script, sys.executable, code, name, str(log)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stderr == ""
    assert {each.name for each in tmp_path.iterdir()} <= {"log", "link"}
    return log.read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    "name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/fd/3", "/dev/../dev/stdout"]
)
def test_file_that_an_open_descriptor_leads_to_is_written_to_and_not_replaced(tmp_path, name):
    assert appended(tmp_path, name) == ["first", "printed", "reported", "last"]


def test_link_to_an_open_descriptor_is_one(tmp_path):
    (tmp_path / "link").symlink_to("/dev/stdout")
    assert appended(tmp_path, "link") == ["first", "printed", "reported", "last"]


def test_descriptor_that_is_closed_or_for_reading_is_a_clear_error(tmp_path):
    code = "from pathlib import Path; from shapeguard.cli.output import write_file\n"
    code += "own = open('own', 'w'); write_file(Path('/dev/fd/' + {0}), 'x')"
    for number, redirection in (("'7'", ""), ("'0'", "< log"), ("str(own.fileno())", "")):
        (tmp_path / "log").write_text("kept", "utf-8")
        command = ["sh", "-c", f'exec "$0" -c "$1" {redirection}', sys.executable]
        command.append(code.format(number))
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert "UsageError: /dev/fd/" in done.stderr
        assert "cannot be written: " in done.stderr
        assert (tmp_path / "log").read_text("utf-8") == "kept"
        assert (tmp_path / "own").read_text("utf-8") == ""


def test_reader_of_a_descriptor_that_stops_early_is_no_error():
    code = "import sys; from pathlib import Path; from shapeguard.cli.output import write_file\n"
    code += "write_file(Path('/dev/stdout'), 'x' * 1_000_000); sys.exit(7)"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 7


def test_read_only_file_is_refused(tmp_path):
    path = tmp_path / "r.json"
    path.write_text("kept", "utf-8")
    path.chmod(0o444)
    for attempt in (lambda: write_file(path, "x"), lambda: check_writable(path)):
        with pytest.raises(UsageError, match=r"r\.json: cannot be written: it is read-only"):
            attempt()
    assert path.read_text("utf-8") == "kept"
    assert list(tmp_path.iterdir()) == [path]


SAME = "two outputs cannot go to one file"
TAKEN = "-: standard output has "


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("--report", "json=r", "--report", "sarif=r"), SAME),
        (("-o", "r", "--report", "json=./x/../r"), SAME),
        (("--report", "json=kept", "--report", "sarif=link"), SAME),
        (("--report", "json=-"), f"{TAKEN}what --output-format says"),
        (("-o", "-", "--report", "json=-"), f"{TAKEN}another report"),
        (("-o", "f", "--report", "json=-", "--report", "sarif=-"), f"{TAKEN}another report"),
        (
            ("--fix", "-", "--stdin-filename", "hazard.py", "-o", "f", "--report", "json=-"),
            f"{TAKEN}the source text",
        ),
    ],
)
def test_outputs_to_one_place_are_wrong_usage(tool, project, arguments, phrase):
    (project / "x").mkdir()
    (project / "kept").write_text("kept", "utf-8")
    (project / "link").symlink_to("kept")
    before = sorted(project.iterdir())
    done = tool("check", *arguments, text="")
    assert (done.returncode, done.stdout) == (2, "")
    assert phrase in done.stderr
    assert sorted(project.iterdir()) == before
    assert (project / "kept").read_text("utf-8") == "kept"


def test_a_dash_is_standard_output_where_nothing_else_goes_there(tool, project):
    done = tool("check", "-o", "c.txt", "--output-format", "concise", "--report", "json=-")
    assert [each["code"] for each in json.loads(done.stdout)] == ["SG101"]
    assert (project / "c.txt").read_text("utf-8").startswith("hazard.py:16:16: SG101 ")
    done = tool("check", "-o", "-", "--output-format", "json")
    assert [each["code"] for each in json.loads(done.stdout)] == ["SG101"]
    assert not (project / "-").exists()


def test_what_is_no_file_takes_several_reports(tool):
    reports = ("--report", "concise=/dev/stdout", "--report", "concise=/dev/stdout")
    done = tool("check", "--output-format", "concise", *reports)
    assert done.stdout.count("hazard.py:16:16: SG101 ") == 3


@pytest.mark.parametrize(
    ("redirection", "why"), [(">&-", "it is closed"), ("> /dev/full", "No space left on device")]
)
def test_reports_are_written_where_standard_output_cannot_be(project, redirection, why):
    script = (
        f'exec "$0" -m shapeguard check --report json=r.json --report concise=c.txt {redirection}'
    )
    command = ["sh", "-c", script, sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=project)
    assert done.returncode == 2
    assert f"standard output cannot be written: {why}" in done.stderr
    assert "SG101" in (project / "r.json").read_text("utf-8")
    assert "SG101" in (project / "c.txt").read_text("utf-8")
