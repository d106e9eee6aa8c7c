"""Files rewritten: what is kept, what is refused, and that nothing is left half done."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys

import pytest
from privileges import bound_by_permissions

from shapeguard.cli.rewriting import Rewrite, rewrite


@pytest.fixture
def heeded_interrupts():
    """Whoever runs tests in the background of a shell has interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def file_of(tmp_path, name="m.py", data=b"old\r\n"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666])
def test_a_file_is_replaced_and_keeps_its_mode(tmp_path, mode):
    path = file_of(tmp_path)
    path.chmod(mode)
    before = path.stat().st_ino
    assert rewrite([Rewrite(path, b"old\r\n", b"new\r\n")]) == {}
    assert path.read_bytes() == b"new\r\n"
    assert path.stat().st_ino != before
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_keeps_its_owner(tmp_path):
    path = file_of(tmp_path)
    os.chown(path, 12345, 54321)
    path.chmod(0o640)
    rewrite([Rewrite(path, b"old\r\n", b"new")])
    after = path.stat()
    assert (after.st_uid, after.st_gid) == (12345, 54321)
    assert stat.S_IMODE(after.st_mode) == 0o640


def test_a_link_stays_and_its_target_is_rewritten(tmp_path):
    (tmp_path / "real").mkdir()
    path = file_of(tmp_path / "real")
    (tmp_path / "first.py").symlink_to("real/m.py")
    (tmp_path / "link.py").symlink_to("first.py")
    assert rewrite([Rewrite(tmp_path / "link.py", b"old\r\n", b"new")]) == {}
    assert (tmp_path / "link.py").readlink().name == "first.py"
    assert (tmp_path / "first.py").is_symlink()
    assert path.read_bytes() == b"new"
    assert not path.is_symlink()
    assert list((tmp_path / "real").iterdir()) == [path]


def test_of_hard_links_the_other_name_keeps_the_old_content(tmp_path):
    path = file_of(tmp_path)
    (tmp_path / "other").hardlink_to(path)
    assert rewrite([Rewrite(path, b"old\r\n", b"new")]) == {}
    assert path.read_bytes() == b"new"
    assert (tmp_path / "other").read_bytes() == b"old\r\n"


def test_a_name_as_long_as_names_may_be(tmp_path):
    path = file_of(tmp_path, "n" * 252 + ".py")
    assert rewrite([Rewrite(path, b"old\r\n", b"new")]) == {}
    assert path.read_bytes() == b"new"


def test_what_cannot_be_rewritten_is_said_and_the_others_are(tmp_path):
    read_only, changed, good = (file_of(tmp_path, name) for name in ("r.py", "c.py", "g.py"))
    read_only.chmod(0o444)
    changed.write_bytes(b"edited meanwhile")
    pipe, loop, gone = (tmp_path / name for name in ("p.py", "l.py", "no.py"))
    os.mkfifo(pipe)
    loop.symlink_to("l.py")
    paths = (read_only, changed, pipe, loop, gone, good)
    failures = rewrite(Rewrite(path, b"old\r\n", b"new") for path in paths)
    assert failures == {
        read_only: "it is read-only",
        changed: "it has changed since it was read",
        pipe: "it is no regular file any more",
        loop: "Too many levels of symbolic links",
        gone: "No such file or directory",
    }
    assert read_only.read_bytes() == b"old\r\n"
    assert changed.read_bytes() == b"edited meanwhile"
    assert good.read_bytes() == b"new"
    assert {each.name for each in tmp_path.iterdir()} == {
        "r.py", "c.py", "g.py", "p.py", "l.py"
    }  # fmt: skip


REWRITE = """\
import sys
from pathlib import Path
from shapeguard.cli.rewriting import Rewrite, rewrite

path = Path(sys.argv[1])
print(*rewrite([Rewrite(path, b"old\\r\\n", b"new")]).values())
"""


def test_a_read_only_directory(tmp_path):
    path = file_of(tmp_path)
    tmp_path.chmod(0o555)
    command = bound_by_permissions([sys.executable, "-c", REWRITE, str(path)])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    assert done.stdout == "its directory is read-only\n", done.stderr
    assert path.read_bytes() == b"old\r\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path):
    path = file_of(tmp_path)
    limited = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (100, 100));"
    limited += "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code = limited + REWRITE.replace('b"new"', 'b"new" * 1000')
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "File too large\n", done.stderr
    assert path.read_bytes() == b"old\r\n"
    assert list(tmp_path.iterdir()) == [path]


def interrupted(paths, number):
    """Yield rewrites, with a signal in front of each but the first."""
    for position, path in enumerate(paths):
        if position:
            signal.raise_signal(number)
        yield Rewrite(path, b"old\r\n", b"new")


def test_an_interrupt_waits_for_all_files(tmp_path, heeded_interrupts):
    paths = [file_of(tmp_path, f"{i}.py") for i in range(3)]
    with pytest.raises(KeyboardInterrupt):
        rewrite(interrupted(paths, signal.SIGINT))
    assert [path.read_bytes() for path in paths] == [b"new"] * 3
    assert sorted(tmp_path.iterdir()) == paths
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_ignored_interrupt_stays_ignored(tmp_path):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        paths = [file_of(tmp_path, f"{i}.py") for i in range(2)]
        assert rewrite(interrupted(paths, signal.SIGINT)) == {}
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_termination_waits_too(tmp_path):
    received = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    try:
        paths = [file_of(tmp_path, f"{i}.py") for i in range(2)]
        rewrite(interrupted(paths, signal.SIGTERM))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == [signal.SIGTERM]
    assert [path.read_bytes() for path in paths] == [b"new"] * 2
