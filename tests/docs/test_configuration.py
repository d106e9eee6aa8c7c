"""What the page about configuration says is what shapeguard takes and refuses."""

from __future__ import annotations

import re
import tomllib

import pytest

from shapeguard.errors import ConfigError
from shapeguard.lint.config import EXPECTED
from shapeguard.lint.configuring import configure

MISTAKES = (
    'min-confidense = "low"',
    '[rules.SG304]\nseverity = "low"',
    '[per-file-ignores]\n"tests/*" = ["SG1O1"]',
)


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "configuration.md").read_text("utf-8")


def test_the_table_has_every_key(page):
    table = page.partition("## Keys")[2].partition("## Which")[0]
    keys = re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)
    assert sorted(keys) == sorted(EXPECTED)


def test_every_example_can_be_used(page, blocks, tmp_path):
    (tmp_path / "shapeguard.toml").write_text("", "utf-8")
    examples = blocks(page, "toml")
    assert len(examples) == 3
    for number, example in enumerate(examples):
        directory = tmp_path / str(number) / "deep"
        directory.mkdir(parents=True)
        name = re.search(r"[a-z]+\.toml", example.partition("\n")[0])
        assert name is not None
        (directory / name[0]).write_text(example, "utf-8")
        settings, _ = configure(None, directory)
        assert settings.origin == directory / name[0]
        assert tomllib.loads(example)


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_every_mistake_is_told_as_it_is_quoted(page, blocks, tmp_path, number):
    (text,) = blocks(page, "text")
    quoted = text.splitlines()[number].removeprefix("error: ").removesuffix("...").rstrip()
    (tmp_path / "shapeguard.toml").write_text(MISTAKES[number], "utf-8")
    with pytest.raises(ConfigError) as caught:
        configure(None, tmp_path)
    assert str(caught.value).replace(str(tmp_path), "...").startswith(quoted)
