from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shapeguard.report.sources import Sources, printable, width


def test_names_are_relative_below_the_working_directory_only(tmp_path):
    sources = Sources(tmp_path / "a")
    assert sources.name("b/../c.py") == "c.py"
    assert sources.name(str(tmp_path / "a" / "c.py")) == "c.py"
    assert sources.name(str(tmp_path / "c.py")) == str(tmp_path / "c.py")


def test_undecodable_name_can_be_printed(tmp_path):
    assert Sources(tmp_path).name("a\udcff.py") == "a\\udcff.py"


def test_lines_end_where_python_ends_them(tmp_path):
    (tmp_path / "a.py").write_bytes("\ufeffx\x0c = 1\r\ny\u2028\rz\n".encode())
    assert Sources(tmp_path).lines("a.py") == ("x\x0c = 1", "y\u2028", "z")


def test_declared_encoding_is_used(tmp_path):
    (tmp_path / "a.py").write_bytes("# coding: latin-1\n# \xe4".encode("latin-1"))
    assert Sources(tmp_path).lines("a.py")[1] == "# \xe4"


def test_undecodable_and_wrongly_declared_files_still_have_lines(tmp_path):
    (tmp_path / "a.py").write_bytes(b"# coding: no-such\n\xff\n")
    assert Sources(tmp_path).lines("a.py") == ("# coding: no-such", "\ufffd")
    assert Sources(tmp_path).lines("missing.py") == ()


def test_overlay_stands_in_for_the_disk(tmp_path):
    (tmp_path / "a.py").write_text("on disk", "utf-8")
    sources = Sources(tmp_path, {tmp_path / "a.py": b"given"})
    assert sources.lines("a.py") == ("given",)


@given(st.text(alphabet=st.characters(codec=None)))
def test_printable_text_is_printable_and_printable_again(text):
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert width(shown) >= 0
