"""What a shell offers after the tab key, asked as bash asks."""

from __future__ import annotations

import pytest


@pytest.fixture
def offered(tool):
    def ask(*words):
        done = tool(
            COMP_WORDS=" ".join(("shapeguard", *words)),
            COMP_CWORD=str(len(words)),
            _SHAPEGUARD_COMPLETE="bash_complete",
        )
        assert done.stderr == ""
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    return ask


def test_the_script_for_a_shell(tool):
    for shell in ("bash", "zsh", "fish"):
        done = tool(_SHAPEGUARD_COMPLETE=f"{shell}_source")
        assert "_SHAPEGUARD_COMPLETE" in done.stdout


def test_subcommands_options_and_values(offered):
    assert offered("ba") == ["baseline"]
    assert offered("baseline", "") == ["prune", "write"]
    assert offered("check", "--diff") == ["--diff-base", "--diff"]
    assert offered("check", "--output-format", "json") == ["json", "json-lines"]
    assert offered("check", "--report", "mark") == ["markdown="]


def test_codes_of_rules(offered):
    assert offered("rule", "SG10")[:2] == ["SG101", "SG102"]
    assert offered("check", "--select", "sg90") == ["SG900", "SG901", "SG902", "SG903"]
    assert offered("check", "--ignore", "SG101,SG102")[-1] == "SG101,SG102"
