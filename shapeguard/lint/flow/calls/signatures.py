"""Signatures: what parameters, results and fields declare in the words of jaxtyping is reported."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.binding import ordered
from shapeguard.lint.flow.calls.checkers import SCOPE, applied, checking
from shapeguard.lint.flow.events.hints import KIND_AND_AXES, Decoration, Hint, Role, Signature
from shapeguard.lint.flow.program import Class
from shapeguard.lint.flow.syntax.trees import parse_annotation, source, walk
from shapeguard.lint.flow.syntax.usage import dotted_name, last_name
from shapeguard.lint.flow.syntax.words import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.lint.flow.program import Module, Program
    from shapeguard.lint.flow.run import Run

_PACKAGE = "jaxtyping"
_HOOK = "install_import_hook"
_UNTOLD = frozenset({"setattr", "register_buffer", "register_parameter", "add_module", "vars"})
_PLAIN = frozenset({"object", "ABC", "abc.ABC", "typing.Generic", "typing.Protocol"})
_MODULES = frozenset({"torch.nn.Module", "equinox.Module", "typing.NamedTuple"})
_Written = tuple[str, Role, cst.BaseExpression]


def declare(run: Run, owner: Class | None) -> None:
    """Report what a function, or each class of a module, declares."""
    function, program = run.function, run.analysis.program
    tree = function.parse()
    decorators = [each.decorator for each in tree.decorators]
    reader = _Reader(run, function.module, _written(tree))
    if reader.concerns(decorators):
        signature = Signature(
            checking(program, function.module, decorators),
            tuple(each.name.value for each in _all(tree.params)),
            attributes=attributes(program, owner),
            hooked=bool(program.callers(_HOOK)),
            asks="isinstance" in function.calls,
        )
        reader.report(decorators, signature)
    for node in function.classes():
        _declare_class(run, node)


def _declare_class(run: Run, node: cst.ClassDef) -> None:
    program, module = run.analysis.program, run.function.module
    owner = module.classes.get(node.name.value)
    lines = (each for each in node.body.body if isinstance(each, cst.SimpleStatementLine))
    written = [
        (source(part.target), Role.FIELD, part.annotation.annotation)
        for line in lines
        for part in line.body
        if isinstance(part, cst.AnnAssign)
    ]
    decorators = [each.decorator for each in node.decorators]
    reader = _Reader(run, module, written)
    if owner is not None and reader.concerns(decorators):
        signature = Signature(
            checking(program, module, decorators),
            attributes=attributes(program, owner),
            hooked=bool(program.callers(_HOOK)),
        )
        reader.report(decorators, signature, owner)


def attributes(program: Program, owner: Class | None) -> frozenset[str] | None:
    """Return the attributes that objects of a class can have, or None where that cannot be told."""
    if owner is None:
        return None
    found: set[str] = set()
    for base in program.bases(owner):
        outside = (program.find(base.module, each) for each in base.bases)
        if any(isinstance(each, str) and each not in _PLAIN | _MODULES for each in outside):
            return None
        methods = base.methods.values()
        if "__getattr__" in base.methods or any(_UNTOLD & each.calls for each in methods):
            return None
        found.update(base.methods, base.fields, base.constants, base.classes)
        found.update(name for each in methods for name in each.writes | each.sets)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A part of an annotation that is no union and no generic; ``place`` is where it is written."""

    node: cst.BaseExpression
    place: cst.BaseExpression
    around: tuple[str, ...] = ()

    def part(self, node: cst.BaseExpression, *outer: str) -> _Leaf:
        """Return a part of it; what is written within a string stands where the string does."""
        place = node if self.place is self.node else self.place
        return _Leaf(node, place, (*self.around, *outer))


@dataclass
class _Reader:
    """The annotations of one signature; ``strings`` are the axis strings that were met so far."""

    run: Run
    module: Module
    written: Sequence[_Written]
    strings: list[str] = field(default_factory=list[str])

    def concerns(self, decorators: Iterable[cst.BaseExpression]) -> bool:
        """Say whether there is an array annotation at all, or a decorator that would check one."""
        leaves = (leaf for _, _, node in self.written for leaf in self.leaves(node))
        return SCOPE in self._names(decorators) or any(self.kind(leaf.node) for leaf in leaves)

    def _names(self, decorators: Iterable[cst.BaseExpression]) -> list[str]:
        program = self.run.analysis.program
        return [applied(program, self.module, each)[0] for each in decorators]

    def report(
        self,
        decorators: Sequence[cst.BaseExpression],
        signature: Signature,
        owner: Class | None = None,
    ) -> None:
        """Emit a hint for each annotation, in order, and what decorates them."""
        found = [hint for each in self.written for hint in self._hints(each, signature)]
        whole = replace(signature, strings=tuple(self.strings))
        for hint in found:
            self.run.emit(replace(hint, signature=whole))
        names = self._names(decorators)
        if SCOPE in names and self.strings:
            at = names.index(SCOPE)
            made = any(name.rpartition(".")[2] == "dataclass" for name in names[at + 1 :])
            moment = self.run.moment(decorators[at])
            self.run.emit(Decoration(moment, source(decorators[at]), whole, owner, made))

    def _hints(self, written: _Written, signature: Signature) -> Iterator[Hint]:
        name, role, annotation = written
        for leaf in self.leaves(annotation):
            kind, record = self.kind(leaf.node), self._record(leaf.node)
            if not kind and record is None:
                continue
            given = _brackets(leaf.node)
            text = _string(given[-1]) if len(given) == KIND_AND_AXES else None
            yield Hint(
                self.run.moment(leaf.place),
                name,
                role,
                kind,
                signature,
                tuple(source(each) for each in given),
                text,
                len(self.strings),
                leaf.around,
                record,
                tuple(self._deferred(leaf.node)),
                "" if record is None else self._unchecked(record),
            )
            self.strings.extend([] if text is None else [text])

    def leaves(self, annotation: cst.BaseExpression) -> Iterator[_Leaf]:
        """Yield the parts of an annotation that are no unions and no generics, in order."""
        pending = [_Leaf(annotation, annotation)]
        while pending:
            leaf = pending.pop()
            match leaf.node:
                case cst.SimpleString():
                    inner = parse_annotation(str(leaf.node.evaluated_value))
                    if inner is not None and not isinstance(inner, cst.SimpleString):
                        pending.append(_Leaf(inner, leaf.place, leaf.around))
                case cst.BinaryOperation(left=left, right=right):
                    pending.extend((leaf.part(right), leaf.part(left)))
                case cst.Subscript(value=value) if not self.kind(leaf.node):
                    outer, parts = last_name(value), _brackets(leaf.node)
                    is_open = any(isinstance(each, cst.Ellipsis) for each in parts)
                    whole = outer.lower() == "tuple" and not is_open
                    around = () if whole else (outer,)
                    pending.extend(leaf.part(each, *around) for each in reversed(parts))
                case _:
                    yield leaf

    def kind(self, node: cst.BaseExpression) -> str:
        """Return the full name of the array annotation that a node is, or nothing."""
        dotted = dotted_name(node.value if isinstance(node, cst.Subscript) else node) or ""
        if dotted.rpartition(".")[2] not in ARRAYS:
            return ""
        found = self.run.analysis.program.find(self.module, dotted)
        if found == dotted and _PACKAGE in self.module.stars:
            return f"{_PACKAGE}.{dotted}"
        return found if isinstance(found, str) and found.startswith(f"{_PACKAGE}.") else ""

    def _record(self, node: cst.BaseExpression) -> Class | None:
        """Return the record with array annotations that a node names."""
        dotted, program = dotted_name(node), self.run.analysis.program
        found = None if dotted is None else program.find(self.module, dotted)
        fields = program.record(found) if isinstance(found, Class) else None
        if fields is None or not isinstance(found, Class):
            return None
        inner = replace(self, module=found.module)
        parsed = (parse_annotation(text) for text in fields.values())
        leaves = (leaf for each in parsed if each is not None for leaf in inner.leaves(each))
        return found if any(inner.kind(leaf.node) for leaf in leaves) else None

    def _unchecked(self, record: Class) -> str:
        """Say what a record is of which nothing compares the fields; nothing where something may."""
        lasts = {each.rpartition(".")[2] for each in record.bases}
        if not record.decorators:
            return next((f"a {each}" for each in ("NamedTuple", "TypedDict") if each in lasts), "")
        plain = {each.rpartition(".")[2] for each in record.decorators} == {"dataclass"}
        return "a dataclass without a checker" if plain and not lasts else ""

    def _deferred(self, node: cst.BaseExpression) -> Iterator[str]:
        names = (each.value for each in walk(node) if isinstance(each, cst.Name))
        return (each for each in names if each in self.module.deferred)


def _brackets(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    elements = node.slice if isinstance(node, cst.Subscript) else ()
    return [each.slice.value for each in elements if isinstance(each.slice, cst.Index)]


def _string(node: cst.BaseExpression) -> str | None:
    if not isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def _all(declared: cst.Parameters) -> list[cst.Param]:
    """Return all parameters in the order in which a checker looks at them."""
    star, rest = declared.star_arg, declared.star_kwarg
    found = [*ordered(declared), star, *declared.kwonly_params, rest]
    return [each for each in found if isinstance(each, cst.Param)]


def _written(tree: cst.FunctionDef) -> list[_Written]:
    found: list[_Written] = [
        (each.name.value, Role.PARAMETER, each.annotation.annotation)
        for each in _all(tree.params)
        if each.annotation is not None
    ]
    if tree.returns is not None:
        found.append(("the result", Role.RESULT, tree.returns.annotation))
    return found
