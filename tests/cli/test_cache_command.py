"""``shapeguard cache merge`` on the command line."""

from __future__ import annotations


def test_merged_results_are_found(tool, project):
    tool("check", "--cache-dir", "a")
    done = tool("cache", "merge", "into/results.sqlite", "a/results.sqlite")
    assert (done.returncode, done.stderr) == (0, "")
    assert "copied: 1, joined: 0" in done.stdout
    warm = tool("check", "--verbose", "--cache-dir", "into")
    assert "cache: 2 results from" in warm.stderr
    assert warm.stdout == tool("check", "--no-cache").stdout != ""


def test_what_is_no_cache_is_an_error(tool, project):
    tool("check", "--cache-dir", "a")
    (project / "b.sqlite").write_bytes(b"no database" * 999)
    for name in ("b.sqlite", "missing.sqlite", "a/results.sqlite"):
        done = tool("cache", "merge", "a/results.sqlite", name)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: {name}: ")
    assert "cache: 2 results from" in tool("check", "--verbose", "--cache-dir", "a").stderr


def test_a_directory_is_deleted_only_if_all_in_it_is_of_the_cache(tool, project):
    assert tool("cache", "clean", ".").returncode == 2
    tool("check")
    foreign = project / ".shapeguard_cache" / "notes.txt"
    foreign.write_text("mine", "utf-8")
    assert "notes.txt: not a file of the cache" in tool("cache", "clean").stderr
    assert (project / ".shapeguard_cache" / "results.sqlite").is_file()
    foreign.unlink()
    assert tool("cache", "clean").returncode == 0
    assert not (project / ".shapeguard_cache").exists()
    assert (project / "clean.py").is_file()
