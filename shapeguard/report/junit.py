"""``junit``: an XML report of tests, which most CI servers show.

Each file is a test suite and each finding a failed test of it. Names hold no line numbers, so a server
recognises a finding from build to build.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from shapeguard.report.full import explained
from shapeguard.report.sources import printable
from shapeguard.report.styled import to_text
from shapeguard.report.words import count, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View

_TOOL: Final = "shapeguard"
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the document, indented, ASCII only. Text in it is printable, so XML can hold it."""
    files = groupby(findings, key=lambda finding: view.sources.name(finding.span.filename))
    suites = [_file(name, list(group), view) for name, group in files]
    if view.problems:
        titles = _numbered(f"everything is checked: {one_line(each)}" for each in view.problems)
        problems = zip(titles, view.problems, strict=True)
        suites.insert(0, _suite(_TOOL, [_problem(title, each) for title, each in problems]))
    if not suites:
        suites.append(_suite(_TOOL, [_passed(view)]))
    root = _counted(ET.Element("testsuites", {"name": _TOOL}), suites)
    ET.indent(root)
    # Characters beyond ASCII become references: the document holds in every encoding of the output.
    document = ET.tostring(root, "unicode").encode("ascii", "xmlcharrefreplace").decode("ascii")
    return f"{_DECLARATION}{document}\n"


def _suite(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    return _counted(ET.Element("testsuite", {"name": name}), cases)


def _counted(parent: ET.Element, children: Sequence[ET.Element]) -> ET.Element:
    """Add children to an element, and the number of tests in them."""
    parent.extend(children)
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        parent.set(attribute, str(len(list(parent.iter(tag)))))
    return parent


def _file(name: str, findings: Sequence[Finding], view: View) -> ET.Element:
    cases = zip(_numbered(map(_name, findings)), findings, strict=True)
    return _suite(name, [_failed(title, name, finding, view) for title, finding in cases])


def _name(finding: Finding) -> str:
    where = f" in {finding.function}" if finding.function else ""
    return one_line(f"{finding.code} {finding.name}{where}")


def _numbered(names: Iterable[str]) -> Iterator[str]:
    """Yield names; those that would be the same are numbered."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _failed(title: str, filename: str, finding: Finding, view: View) -> ET.Element:
    case = ET.Element("testcase", {"name": title, "classname": filename})
    failure = ET.SubElement(
        case, "failure", {"type": finding.severity.value, "message": one_line(finding.message)}
    )
    failure.text = "\n" + to_text(explained(finding, view), colour=False)
    return case


def _problem(title: str, problem: str) -> ET.Element:
    case = ET.Element("testcase", {"name": title, "classname": _TOOL})
    ET.SubElement(case, "error", {"type": "problem", "message": printable(problem)})
    return case


def _passed(view: View) -> ET.Element:
    checked = "" if view.checked is None else f" in {count(view.checked, 'file')}"
    return ET.Element("testcase", {"name": f"no finding{checked}", "classname": _TOOL})
