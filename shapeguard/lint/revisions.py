"""What a revision means in a repository: the commit that a working tree is compared with."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

from shapeguard.errors import UsageError
from shapeguard.lint.git import git
from shapeguard.lint.roots import repository

_PLAIN: Final = re.compile(r"[\w./-]+")
_SUFFIX: Final = re.compile(r"[~^@:].*", re.DOTALL)


def top_of(directory: Path) -> Path | None:
    """Return the root of the repository that holds a directory, None if there is none.

    Raises UsageError where there is one that git does not work in.
    """
    found = repository(directory)
    if found is None:
        return None
    status, output = git(found, "rev-parse", "--show-toplevel")
    if status:
        why = f"git does not work in {found}; `git -C {found} status` says why"
        message = f"--diff-base: {why if shutil.which('git') else 'git is not installed'}"
        raise UsageError(message)
    return Path(os.fsdecode(output.removesuffix(b"\n")))


def base_of(revision: str, top: Path, where: str = "") -> str:
    """Return the commit at which a revision and ``HEAD`` parted.

    ``where`` says in messages which repository that is. Raises UsageError without commits, for an
    unknown revision, and where a shallow clone does not reach back far enough.
    """
    if git(top, "rev-parse", "--verify", "--quiet", "HEAD")[0]:
        message = f"--diff-base: the repository has no commits yet{where}"
        raise UsageError(message)
    commit = _commit(top, revision)
    if commit is None:
        why = f"git knows no revision {revision!r}{where}"
        message = f"--diff-base: {why}{_where_to_find(top, revision)}"
        raise UsageError(message)
    status, output = git(top, "merge-base", commit, "HEAD")
    if status:
        why = f"{revision!r} and HEAD have no commit in common{where}"
        message = f"--diff-base: {why}{_deeper(top, revision) if _is_shallow(top) else ''}"
        raise UsageError(message)
    return output.decode().strip()


def pinned(superproject: Path, base: str, submodule: Path) -> str | None:
    """Return the commit of a submodule that a commit of its superproject names, None if it names none.

    Raises UsageError if the submodule does not have it.
    """
    name = submodule.relative_to(superproject).as_posix()
    _, output = git(superproject, "--literal-pathspecs", "ls-tree", "-z", base, "--", name)
    mode, _, rest = output.partition(b" ")
    if mode != b"160000":
        return None
    commit = rest.split()[1].decode()
    if git(submodule, "cat-file", "-e", f"{commit}^{{commit}}")[0]:
        why = f"the submodule {name} lacks {commit}, which {base} has for it"
        message = f"--diff-base: {why}; `git -C {submodule} fetch origin {commit}` brings it"
        raise UsageError(message)
    return commit


def superproject_of(top: Path) -> Path | None:
    """Return the root of the repository of which this one is a submodule, if it is one."""
    _, output = git(top, "rev-parse", "--show-superproject-working-tree")
    found = os.fsdecode(output.removesuffix(b"\n"))
    return Path(found) if found else None


def _commit(top: Path, revision: str) -> str | None:
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    status, output = git(top, *asked)
    return None if status else output.decode().split()[-1]


def _is_shallow(top: Path) -> bool:
    return git(top, "rev-parse", "--is-shallow-repository")[1].strip() == b"true"


def _where_to_find(top: Path, revision: str) -> str:
    """Return what helps against a revision that is not there."""
    for remote in _remotes(top):
        if _PLAIN.fullmatch(revision) and _commit(top, f"{remote}/{revision}") is not None:
            return f"; did you mean {f'{remote}/{revision}'!r}?"
    if _is_shallow(top):
        return _deeper(top, revision)
    remote, branch = _tracked(top, revision)
    return f"; if {remote} has it, `{_fetch(remote, branch)}` brings it" if branch else ""


def _deeper(top: Path, revision: str) -> str:
    """Return what brings a revision to a shallow clone, with what lies between it and HEAD.

    A shallow clone is one of a single branch as a rule, to which git brings others only by name.
    """
    start = "; this is a shallow clone, whose history ends before that: "
    depth = "or `fetch-depth: 0` in the checkout of a workflow, "
    between = f"brings {revision!r} and what lies between"
    remote, branch = _tracked(top, revision)
    if branch:
        return f"{start}`{_fetch(remote, branch, '--unshallow')}`, {depth}{between}"
    other = ""
    remotes = _remotes(top)
    if remotes and _PLAIN.fullmatch(revision):
        named = f"{remotes[0]}/{revision}"
        command = _fetch(remotes[0], revision, "--unshallow")
        other = f"; if it is a branch, `{command}` does, under the name {named!r}"
    return f"{start}`git fetch --unshallow`, {depth}{between}{other}"


def _tracked(top: Path, revision: str) -> tuple[str, str]:
    """Return the remote and the branch that a revision like ``origin/main~2`` names, if it does."""
    name = _SUFFIX.sub("", revision).removeprefix("refs/").removeprefix("remotes/")
    for remote in _remotes(top):
        branch = name.removeprefix(f"{remote}/")
        if branch != name and _PLAIN.fullmatch(branch):
            return remote, branch
    return "", ""


def _remotes(top: Path) -> list[str]:
    """Return the names of the remotes, the longest first: one may begin like another."""
    return sorted(git(top, "remote")[1].decode().split(), key=len, reverse=True)


def _fetch(remote: str, branch: str, *options: str) -> str:
    place = f"refs/remotes/{remote}/{branch}"
    return " ".join(("git", "fetch", *options, remote, f"{branch}:{place}"))
