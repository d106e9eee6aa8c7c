"""Links lead somewhere, and no document leads to somebody's own machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
LOCAL = re.compile(r"(?<![\w./:)}\]*-])(?:/(?!dev/std)|~/|[A-Z]:\\)[A-Za-z][\w.-]*[/\\]\w")


def prose(path: Path) -> str:
    return FENCED.sub("", path.read_text("utf-8"))


def anchors(path: Path) -> set[str]:
    """Give the anchors of a page as code hosts make them from headings."""
    titles = HEADING.findall(prose(path))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(path: Path, link: str) -> bool:
    if link.startswith("https://"):
        return False
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        return True
    return bool(anchor) and anchor not in anchors(target)


def test_links_resolve(document):
    assert [link for link in LINK.findall(prose(document)) if broken(document, link)] == []


def test_a_broken_link_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Two words\n", "utf-8")
    assert broken(page, "missing.md")
    assert broken(page, "page.md#three-words")
    assert not broken(page, "page.md#two-words")


def test_every_page_is_reached_from_the_readme(root):
    reached: set[Path] = set()
    pending = [root / "README.md"]
    while pending:
        page = pending.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = [link.partition("#")[0] for link in LINK.findall(prose(page))]
        pending.extend((page.parent / link).resolve() for link in links if "//" not in link)
    unreached = {path for path in (root / "docs").rglob("*.md") if path not in reached}
    assert unreached <= {root / "docs" / "index.md"}


def test_no_document_names_a_local_path(document):
    assert LOCAL.findall(document.read_text("utf-8")) == []


def test_a_local_path_is_noticed():
    assert LOCAL.search("see /home/somebody/file")
    assert LOCAL.search(r"`C:\Users\somebody`")
    assert LOCAL.search("in ~/src/project")
    assert not LOCAL.search("to `/dev/stdout`")  # it is everybody's
    assert not LOCAL.search("https://example.org/a/b and adapters/methods/x.py, yes/no/maybe")
