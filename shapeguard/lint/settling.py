"""The fixes of files tried together and, where that does not help, apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.finding import Applicability
from shapeguard.lint.editing import applied_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from shapeguard.finding import Edit, Finding
    from shapeguard.lint.engine import Outcome
    from shapeguard.lint.ranking import Key

    Look = Callable[[Sequence[Path], dict[Path, bytes]], Outcome]
    _Known = tuple[str, str, str, str]

_NO_PYTHON = "its fix would leave no Python, or the encoding of the file does not allow it"
_NO_HELP = "after its fix it, or another one, would be found"


@dataclass(frozen=True)
class Start:
    """Where fixing begins.

    ``contents`` holds the bytes of all files that may be changed, as the ``outcome`` of their check
    has seen them. ``look`` checks some of them again, with given contents in place of what is on
    disk; ``root`` is the directory that file names in findings are relative to.
    """

    contents: Mapping[Path, bytes]
    outcome: Outcome
    look: Look
    root: Path


@dataclass
class Fixing:
    """The files as fixed so far.

    ``keys`` tells by fingerprint what findings are known by, ``latest`` is the check of all files as
    they are now, if there was one, and ``found`` what is found in each. ``refused`` gives the reason,
    for all findings that are alike.
    """

    start: Start
    contents: dict[Path, bytes]
    keys: dict[str, Key]
    latest: Outcome | None
    found: dict[Path, list[Finding]] = field(default_factory=dict["Path", "list[Finding]"])
    applied: list[Finding] = field(default_factory=list["Finding"])
    refused: dict[_Known, str] = field(default_factory=dict["_Known", str])

    def known(self, finding: Finding) -> _Known:
        """Return what a finding is known by, less its number among those that are alike."""
        return self.keys[finding.fingerprint][:4]

    @property
    def changed(self) -> dict[Path, bytes]:
        """The files that are not as they were."""
        was = self.start.contents
        return {path: data for path, data in self.contents.items() if data != was[path]}

    def take(self, findings: Iterable[Finding]) -> None:
        """Add what is found in files."""
        for each in findings:
            self.found.setdefault(self._path(each.span.filename), []).append(each)

    def left(self) -> Iterator[Finding]:
        """Yield what is found now."""
        for path in sorted(self.found):
            yield from self.found[path]

    def fixable(self, findings: Iterable[Finding], *, unsafe: bool) -> Iterator[Finding]:
        """Yield the findings with a fix that may be tried, in files that may be changed."""
        for each in findings:
            if each.fix is None or self.known(each) in self.refused:
                continue
            if not unsafe and each.fix.applicability is not Applicability.SAFE:
                continue
            outside = [path for path in self._touched([each]) if path not in self.contents]
            if outside:
                where = f"`{outside[0].name}`, which is not among the files that are checked"
                self.refused[self.known(each)] = f"its fix changes {where}"
            else:
                yield each

    def settle(self, base: dict[Path, bytes], kept: list[Finding], part: list[Finding]) -> None:
        """Apply fixes together or, if they do not help together, the half of them that does.

        All edits are of ``base``, in which those of ``kept`` have been applied already.
        """
        part = self._still_there(part)
        if not part:
            return
        changed = self._applied(base, [*kept, *part])
        if changed is not None and self._helped(changed, part):
            kept += part
            self.applied += part
        elif len(part) == 1:
            self.refused[self.known(part[0])] = _NO_PYTHON if changed is None else _NO_HELP
        else:
            middle = len(part) // 2
            self.settle(base, kept, part[:middle])
            self.settle(base, kept, part[middle:])

    def _still_there(self, part: Iterable[Finding]) -> list[Finding]:
        """Return the findings that no other fix has removed."""
        left = Counter(self.known(each) for each in self.left())
        there: list[Finding] = []
        for each in part:
            if left[self.known(each)] > 0:
                left[self.known(each)] -= 1
                there.append(each)
        return there

    def _applied(
        self, base: dict[Path, bytes], findings: list[Finding]
    ) -> dict[Path, bytes] | None:
        edits: dict[Path, list[Edit]] = {}
        for each in findings:
            for edit in each.fix.edits if each.fix is not None else ():
                edits.setdefault(self._path(edit.span.filename), []).append(edit)
        changed: dict[Path, bytes] = {}
        for path, own in edits.items():
            data = applied_to(base[path], own)
            if data is None:
                return None
            changed[path] = data
        return changed

    def _helped(self, changed: dict[Path, bytes], part: list[Finding]) -> bool:
        """Say whether findings are gone and no other has come; if so, what is changed is taken over."""
        files = sorted(self._touched(part))
        given = {path: self.contents[path] for path in files} | self.changed | changed
        after = self.start.look(files, given)
        before = [each for path in files for each in self.found.get(path, ())]
        if self._is_doubtful(after) or _alike(after.findings) - (_alike(before) - _alike(part)):
            return False
        self.contents |= changed
        self.keys |= after.keys
        for path in files:
            self.found.pop(path, None)
        self.take(after.findings)
        all_seen = {*files} == {*self.contents} and not self.start.outcome.problems
        self.latest = after if all_seen else None
        return True

    def _is_doubtful(self, after: Outcome) -> bool:
        """Say whether a check failed, or gave up, where the first one did not."""
        first = self.start.outcome
        return not (
            {*after.problems} <= {*first.problems}
            and {*after.not_analysed} <= {*first.not_analysed}
        )

    def _touched(self, findings: Iterable[Finding]) -> set[Path]:
        """Return the files of findings, and those that their fixes change."""
        return {
            self._path(span.filename)
            for each in findings
            for span in (each.span, *(edit.span for edit in (each.fix.edits if each.fix else ())))
        }

    def _path(self, filename: str) -> Path:
        return self.start.root / filename


def _alike(findings: Iterable[Finding]) -> Counter[tuple[str, str, str]]:
    """Count findings by what a fix beside them does not change."""
    return Counter((each.span.filename, each.code, each.function) for each in findings)
