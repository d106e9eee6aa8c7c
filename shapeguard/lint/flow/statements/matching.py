"""``match``: what a pattern asks of its subject, and what it binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge, state
from shapeguard.lint.flow.domain.conditions import compare, is_instance, is_none, truth
from shapeguard.lint.flow.domain.predicates import any_of, at_most, equal, every, negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, Opaque
from shapeguard.lint.flow.domain.terms import Term, symbol
from shapeguard.lint.flow.domain.values import Bool, Dictionary, Record, Sequence, Unknown
from shapeguard.lint.flow.evidence.remembering import tested
from shapeguard.lint.flow.statements.targets import assign, member_at
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from collections.abc import Sequence as Elements

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.state import State
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def execute_match(run: Run, node: cst.Match) -> None:
    """Try the cases in turn: each sees that the ones before it did not match."""
    subject = run.evaluate(node.subject)
    taken: list[tuple[Predicate, State | None, str]] = []
    rest: State | None = run.here
    for case in node.cases:
        if rest is None:
            break
        rest, entry = _case(run, rest, case, subject)
        taken.append(entry)
    outcome = rest
    for condition, after, label in reversed(taken):
        outcome = state.join(condition, after, outcome, label)
    run.state = outcome


def _case(
    run: Run, before: State, case: cst.MatchCase, subject: Value
) -> tuple[State | None, tuple[Predicate, State | None, str]]:
    """Execute one case; return the state if it is not taken, and the one behind its body."""
    run.state = state.State(before.names, before.facts)
    condition = _pattern(run, case.pattern, subject)
    tested(run, case, condition)
    run.state = run.here.assume(condition)
    if run.state is not None and case.guard is not None:
        passed = truth(run, case.guard)
        tested(run, case.guard, passed)
        condition = every((condition, passed))
        run.state = run.here.assume(passed)
    if run.state is not None:
        run.execute((case.body,))
    left = before.assume(negate(condition)) if condition != TRUE else None
    return left, (condition, run.state, run.identity(case))


def _pattern(run: Run, pattern: cst.MatchPattern, subject: Value) -> Predicate:
    """Return the condition under which a pattern matches, and bind what it captures."""
    match pattern:
        case cst.MatchValue(value=value):
            right = run.evaluate(value)
            return compare(run, subject, cst.Equal(), right, run.identity(pattern))
        case cst.MatchSingleton(value=cst.Name(value=name)):
            return _singleton(run, pattern, name, subject)
        case cst.MatchAs():
            inner = TRUE if pattern.pattern is None else _pattern(run, pattern.pattern, subject)
            if pattern.name is not None:
                assign(run, pattern.name, merge.refine(subject, run.here.facts))
            return inner
        case cst.MatchOr():
            return any_of([_pattern(run, each.pattern, subject) for each in pattern.patterns])
        case cst.MatchList() | cst.MatchTuple():
            return _sequence(run, pattern, list(pattern.patterns), subject)
        case cst.MatchMapping():
            return _mapping(run, pattern, subject)
        case cst.MatchClass():
            return _class(run, pattern, subject)
        case _:
            return Opaque(f"{run.identity(pattern)}?")


def _singleton(run: Run, pattern: cst.MatchPattern, name: str, subject: Value) -> Predicate:
    if name == "None":
        return is_none(subject, run.identity(pattern))
    if isinstance(subject, Bool):
        return subject.predicate if name == "True" else negate(subject.predicate)
    return Opaque(f"{run.identity(pattern)}?")


def _sequence(
    run: Run,
    pattern: cst.MatchList | cst.MatchTuple,
    parts: Elements[cst.MatchSequenceElement | cst.MatchStar],
    subject: Value,
) -> Predicate:
    starred = [i for i, part in enumerate(parts) if isinstance(part, cst.MatchStar)]
    count = len(parts) - len(starred)
    asked = [_length(run, pattern, subject, count, exact=not starred)]
    for position, part in enumerate(parts):
        behind = bool(starred) and position > starred[0]
        at = position - len(parts) if behind else position
        if isinstance(part, cst.MatchStar):
            if part.name is not None:
                rest = Sequence(None, run.unknown(part, part.name.value))
                assign(run, part.name, rest)
            continue
        member = merge.each(
            subject,
            lambda leaf, i=at: member_at(run, leaf, i),  # type: ignore[misc]
            run.identity(part),
        )
        asked.append(_pattern(run, part.value, member))
    return every(asked)


def _length(
    run: Run, pattern: cst.CSTNode, subject: Value, count: int, *, exact: bool
) -> Predicate:
    """Return the condition that a value is a list of so many members, or of at least as many."""
    is_list = Opaque(f"isinstance({run.identity(pattern)},Sequence)")
    parts: list[Predicate] = []
    for condition, leaf in merge.alternatives(subject):
        match leaf:
            case Sequence():
                length = merge.length(leaf, run.identity(pattern))
            case Unknown(origin, name):
                length = symbol(f"{origin}#0", f"len({name})")
            case _:
                length = symbol(f"{run.identity(pattern)}.n", "n")
        sure: Predicate = TRUE if isinstance(leaf, Sequence) else is_list
        wanted = Term(count)
        fits = equal(length, wanted) if exact else at_most(wanted, length)
        parts.append(every((condition, sure, fits)))
    return any_of(parts)


def _mapping(run: Run, pattern: cst.MatchMapping, subject: Value) -> Predicate:
    asked: list[Predicate] = [Opaque(f"{run.identity(pattern)}?")]
    for element in pattern.elements:
        key = run.evaluate(element.key)
        found = subject.get(key) if isinstance(subject, Dictionary) else None
        if found is None and isinstance(subject, Dictionary) and subject.exact:
            asked.append(FALSE)
        member = found if found is not None else run.unknown(element, "value")
        asked.append(_pattern(run, element.pattern, member))
    if pattern.rest is not None:
        assign(run, pattern.rest, run.unknown(pattern, pattern.rest.value))
    return every(asked)


def _class(run: Run, pattern: cst.MatchClass, subject: Value) -> Predicate:
    name = dotted_name(pattern.cls) or "?"
    at = f"{subject.origin if isinstance(subject, Unknown) else run.identity(pattern)},{name}"
    owner = subject.owner if isinstance(subject, Record) else None
    sure = owner is not None and run.analysis.program.find(run.function.module, name) is owner
    asked = [TRUE if sure else is_instance(subject, (name,), at)]
    for position, part in enumerate(pattern.patterns):
        plain = position == 0 and name in {"int", "str", "float", "bool", "list", "tuple", "dict"}
        member = subject if plain else run.unknown(part, "field")
        asked.append(_pattern(run, part.value, member))
    for element in pattern.kwds:
        field = subject.field(element.key.value) if isinstance(subject, Record) else None
        member = field if field is not None else run.unknown(element, element.key.value)
        asked.append(_pattern(run, element.pattern, member))
    return every(asked)
