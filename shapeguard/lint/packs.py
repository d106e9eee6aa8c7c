"""Rule packs and op-model packs: found by entry point, the built-in ones by the same door.

A pack that cannot be used is left out and named, with file and line; the others do their work.
"""

from __future__ import annotations

import ast
import functools
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, cast

from shapeguard.errors import PackError
from shapeguard.lint.installed import BUILT_IN, MODELS, RULES, other_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.metadata import EntryPoint

    from typing_extensions import TypeIs

    from shapeguard.lint.api import Rule
    from shapeguard.lint.facts import PackFacts, RuleFacts, Signs
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.housekeeping import Notice


def load_rules() -> tuple[type[Rule], ...]:
    """Return the rule classes of every pack that can be used, by code."""
    return _rules()[0]


def rule_facts() -> tuple[RuleFacts, ...]:
    """Return what is to be known of every rule, by code."""
    told = told_facts()
    return _facts() if told is None else told.rules


@functools.cache
def _facts() -> tuple[RuleFacts, ...]:
    return tuple(map(facts_of, load_rules()))


def facts_of(kind: type[Rule | Notice]) -> RuleFacts:
    """Return what is to be known of a rule, or of a kind of finding about files."""
    from shapeguard.lint.facts import RuleFacts  # noqa: PLC0415 - where nothing is found none asks

    module = inspect.getmodule(kind)
    text = (module.__doc__ if module else None) or kind.__doc__ or ""
    told = kind.code, kind.name, kind.severity, kind.since, kind.preview, text
    return RuleFacts(*told, _signs_of(kind)) if _is_rule(kind) else RuleFacts(*told)


def _is_rule(kind: type[Rule | Notice]) -> TypeIs[type[Rule]]:
    return hasattr(kind, "listens_to")


@functools.cache
def _signs_of(rule: type[Rule]) -> Signs:
    from shapeguard.lint.gating import signs_of  # noqa: PLC0415 - as a pack is loaded

    return signs_of(load_models(), rule)


def tell(facts: Callable[[], PackFacts | None]) -> None:
    """Let the facts be known without loading the packs, if they can be told when they are asked for."""
    _told.append(facts)


def told_facts() -> PackFacts | None:
    """Return what is told of the packs; nothing if they must be loaded."""
    return _told[-1]() if _told else None


_told: list[Callable[[], PackFacts | None]] = []


def load_models() -> dict[str, Model]:
    """Return every op model by name; that of a pack replaces the built-in one of the same name."""
    return _models()[0]


def pack_problems() -> tuple[str, ...]:
    """Return what is wrong with each pack that had to be left out."""
    return loaded_problems() if told_facts() is None else ()


def loaded_problems() -> tuple[str, ...]:
    """Return the same, whatever is told of the packs: they are loaded."""
    return (*_rules()[1], *_models()[1])


def forget() -> None:
    """Look for packs anew when they are asked for next."""
    _told.clear()
    _facts.cache_clear()
    _signs_of.cache_clear()
    _rules.cache_clear()
    _models.cache_clear()
    other_models.cache_clear()


@functools.cache
def _rules() -> tuple[tuple[type[Rule], ...], tuple[str, ...]]:
    rules: dict[str, type[Rule]] = {}
    problems: list[str] = []
    for entry in _entries(RULES):
        try:
            rules |= _rules_of(entry, rules)
        except PackError as error:
            problems.append(str(error))
    return tuple(rules[code] for code in sorted(rules)), tuple(problems)


def _rules_of(entry: EntryPoint, known: dict[str, type[Rule]]) -> dict[str, type[Rule]]:
    from shapeguard.lint.api import Rule  # noqa: PLC0415 - libcst is imported when it is needed

    rules: dict[str, type[Rule]] = {}
    for rule in _members(entry):
        if not (isinstance(rule, type) and issubclass(rule, Rule)):
            raise _refused(entry, f"{rule!r} is not a Rule class")
        missing = [name for name in _SAID if not hasattr(rule, name)]
        if missing or inspect.isabstract(rule):
            lacking = missing[0] if missing else "check"
            raise _refused(entry, f"{rule.__name__} lacks `{lacking}`", rule)
        if rule.code in known or rule.code in rules:
            raise _refused(entry, f"{rule.code} is defined twice", rule)
        try:
            _signs_of(rule)
        except (TypeError, AttributeError) as error:
            why = f"`listens_to` or `shown_by` of {rule.__name__} is no good: {error}"
            raise _refused(entry, why, rule) from error
        rules[rule.code] = rule
    return rules


_SAID = ("code", "name", "severity", "since", "listens_to")


@functools.cache
def _models() -> tuple[dict[str, Model], tuple[str, ...]]:
    models: dict[str, Model] = {}
    owners: dict[str, EntryPoint] = {}
    problems: list[str] = []
    for entry in _entries(MODELS):
        try:
            found = _models_of(entry, owners)
        except PackError as error:
            problems.append(str(error))
            continue
        models |= found
        owners |= dict.fromkeys(found, entry)
    return models, tuple(problems)


def _models_of(entry: EntryPoint, owners: dict[str, EntryPoint]) -> dict[str, Model]:
    from shapeguard.lint.flow.models.vocabulary import Model  # noqa: PLC0415 - as above

    models: dict[str, Model] = {}
    for model in _members(entry):
        if not isinstance(model, Model):
            raise _refused(entry, f"{model!r} is not an op model")
        if model.name in models:
            raise _refused(entry, f"{model.name} is declared twice")
        owner = owners.get(model.name)
        if owner is not None and owner.value not in BUILT_IN:
            other = f"pack {owner.name!r} ({owner.value})"
            raise _refused(entry, f"{model.name} is declared by {other} too")
        models[model.name] = model
    return models


def _entries(group: str) -> list[EntryPoint]:
    """Return the packs of a group, the built-in one first."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and often nothing asks

    return sorted(
        entry_points(group=group),
        key=lambda each: (each.value not in BUILT_IN, each.name, each.value),
    )


def _members(entry: EntryPoint) -> tuple[object, ...]:
    try:
        value = entry.load()
    except Exception as error:
        raise _broken(entry, error) from error
    if not isinstance(value, tuple):
        raise _refused(entry, f"expected a tuple, found {type(value).__name__}")
    return cast("tuple[object, ...]", value)


def _broken(entry: EntryPoint, error: Exception) -> PackError:
    """Return what says where the import of a pack fails."""
    reason = f"{type(error).__name__}: {error}"
    return PackError(f"pack {entry.name!r} ({entry.value}): {raised_at(error)}{reason}")


def raised_at(error: Exception) -> str:
    """Return the file and the line that raised, as a prefix; empty where no file is to blame."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f"{error.filename}:{error.lineno}: "
    import traceback  # noqa: PLC0415 - only where something has failed

    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not (frame.filename.startswith("<") or "importlib" in Path(frame.filename).parts)
    ]
    mine = [frame for frame in frames if frame.filename != __file__]
    return f"{mine[-1].filename}:{mine[-1].lineno}: " if mine else ""


def _refused(entry: EntryPoint, why: str, rule: type[Rule] | None = None) -> PackError:
    """Return what says why the value of an entry point, or one rule in it, is no good."""
    place = next(_places(entry, rule), "")
    return PackError(f"pack {entry.name!r} ({entry.value}): {place}{why}")


def _places(entry: EntryPoint, rule: type[Rule] | None) -> Iterator[str]:
    """Yield where a rule is defined, and where the value of the entry point is assigned."""
    import importlib.util  # noqa: PLC0415 - only where a pack is broken

    try:
        if rule is not None:
            yield f"{inspect.getsourcefile(rule)}:{inspect.getsourcelines(rule)[1]}: "
        spec = importlib.util.find_spec(entry.module)
        if spec is None or spec.origin is None:
            return
        text = Path(spec.origin).read_text(encoding="utf-8")
        yield f"{spec.origin}:{_line_of(entry.attr, text)}: "
    except (OSError, TypeError, ValueError, ImportError, SyntaxError):
        return


def _line_of(name: str, text: str) -> int:
    """Return the last line of a module that assigns a name, or the first line."""
    lines = [
        node.lineno
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == name
    ]
    return max(lines, default=1)
