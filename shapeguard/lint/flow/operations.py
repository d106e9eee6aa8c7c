"""What the words of ``models/vocabulary.py`` mean: one function for each kind of op model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.axes import dropped, inserted
from shapeguard.lint.flow.conditions import truth_of
from shapeguard.lint.flow.cutting import SUM, cut, selected, sizes_of
from shapeguard.lint.flow.joining import elementwise, join_list
from shapeguard.lint.flow.models import vocabulary as words
from shapeguard.lint.flow.predicates import RANK, TRUE, less
from shapeguard.lint.flow.tensors import Cut, Slice, Tensor
from shapeguard.lint.flow.terms import ONE, ZERO, Term, operation, symbol, times
from shapeguard.lint.flow.trees import source
from shapeguard.lint.flow.values import Bool, Int, Missing, Sequence, Shape, as_tensor, as_term

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import libcst as cst

    from shapeguard.lint.flow.arguments import Arguments
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value


_OPERANDS = frozenset({"input", "other", "tensor1", "tensor2", "exponent", "end"})


def apply(run: Run, node: cst.Call, model: words.Model, given: Arguments) -> Value:
    """Apply an op model to a call; ``given`` has the tensor itself first if it is a method."""
    return MEANINGS[type(model)](run, node, model, given)


def _combines(run: Run, node: cst.Call, _: words.Combines, given: Arguments) -> Value:
    named = [
        (argument.value, given.keywords[argument.keyword.value])
        for argument in node.args
        if argument.keyword is not None and argument.keyword.value in _OPERANDS
    ]
    sides = (*given.nodes, *(side for side, _ in named))
    return elementwise(run, node, sides, (*given.positional, *(value for _, value in named)))


def _keeps(run: Run, node: cst.Call, _: words.Keeps, given: Arguments) -> Value:
    return given.positional[0] if given.positional else run.unknown(node, "result")


def _on_tensor(
    run: Run, node: cst.Call, given: Arguments, change: Callable[[Tensor], Value]
) -> Value:
    """Apply a change to every alternative of the first operand that may be a tensor."""
    if not given.positional:
        return run.unknown(node, "result")

    def one(leaf: Value) -> Value:
        tensor = as_tensor(leaf)
        return run.unknown(node, "result") if tensor is None else change(tensor)

    return merge.each(given.positional[0], one, run.identity(node))


def _method_position(parameter: words.Parameter, model: words.Model) -> words.Parameter:
    """Methods do not count the tensor itself, but the arguments here begin with it."""
    shift = 1 if model.name.startswith(".") else 0
    return replace(parameter, position=parameter.position + shift)


def _reduces(run: Run, node: cst.Call, model: words.Reduces, given: Arguments) -> Value:
    parameter = _method_position(model.axis, model)
    axis = given.number(parameter)
    if axis is None:
        return _total(run, node, model, given)
    kept = given.get(words.Parameter("keepdim", parameter.position + 1))
    keep = isinstance(kept, Bool) and kept.predicate == TRUE
    if kept is not None and not isinstance(kept, Bool):
        return run.unknown(node, "reduced")

    def change(tensor: Tensor) -> Value:
        return tensor.resized(axis, ONE) if keep else dropped(tensor, axis, run.identity(node))

    return _on_tensor(run, node, given, change)


def _total(run: Run, node: cst.Call, model: words.Reduces, given: Arguments) -> Value:
    """Reduce all axes; the sum of what is used as a mask is known as the count of what it selects."""
    tensor = as_tensor(given.positional[0]) if given.positional else None
    counts = model.name.endswith("sum") and not given.keywords and len(given.positional) == 1
    if tensor is not None and counts and run.function.use_of(tensor.name) == "mask":
        return Tensor(f"{SUM}{tensor.origin}", tensor.name, rank=0)
    return run.unknown(node, source(node))


def _inserts(run: Run, node: cst.Call, model: words.Inserts, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    if axis is None:
        return run.unknown(node, "result")
    return _on_tensor(run, node, given, lambda t: inserted(t, axis, run.identity(node)))


def _repeats(run: Run, node: cst.Call, _: words.Repeats, given: Arguments) -> Value:
    factors = [as_term(value) for value in given.positional[1:]]
    star = given.star
    if isinstance(star, Sequence) and not factors:
        rest = as_term(star.element) if star.element is not None else None
        first = as_term(star.first) if star.first is not None else rest
        if rest != ONE:
            return run.unknown(node, "repeated")
        factors = [first]

    def change(tensor: Tensor) -> Value:
        result = tensor
        for axis, factor in enumerate(factors):
            if factor is None:
                return run.unknown(node, "repeated")
            if factor != ONE:
                result = result.resized(axis, times(tensor.extent(axis), factor))
        return result

    return _on_tensor(run, node, given, change)


def _measures(run: Run, node: cst.Call, model: words.Measures, given: Arguments) -> Value:
    parameter = _method_position(model.axis, model)
    if given.absent(parameter):
        return _on_tensor(run, node, given, Shape)
    axis = given.number(parameter)
    if axis is None:
        return run.unknown(node, "extent")
    return _on_tensor(run, node, given, lambda t: Int(t.extent(axis)))


def _narrows(run: Run, node: cst.Call, model: words.Narrows, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    start = as_term(given.get(_method_position(model.start, model)) or Missing())
    length = as_term(given.get(_method_position(model.length, model)) or Missing())
    if axis is None or start is None or length is None:
        return run.unknown(node, "narrowed")
    bounds = Slice(start, start + length)
    return _on_tensor(run, node, given, lambda t: cut(run, node, t, axis, bounds))


def _selects(run: Run, node: cst.Call, model: words.Selects, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    index = given.get(_method_position(model.index, model))
    if axis is None or index is None:
        return run.unknown(node, "selected")
    return _on_tensor(run, node, given, lambda t: cut(run, node, t, axis, index))


def _splits(run: Run, node: cst.Call, model: words.Splits, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    wanted = given.get(_method_position(model.sizes, model))
    if axis is None or wanted is None or isinstance(wanted, Int):
        return run.unknown(node, "pieces")
    return _on_tensor(run, node, given, lambda t: _pieces(run, node, t, axis, wanted))


def _pieces(run: Run, node: cst.Call, tensor: Tensor, axis: int, wanted: Value) -> Value:
    if isinstance(wanted, Sequence) and wanted.items is not None:
        terms = [as_term(item) for item in wanted.items]
        pieces = [_piece(run, node, tensor, axis, t) for t in terms if t is not None]
        whole = len(pieces) == len(terms)
        return Sequence(tuple(pieces)) if whole else run.unknown(node, "pieces")
    sizes = sizes_of(wanted)
    if sizes is None:
        return run.unknown(node, "pieces")
    index = symbol(f"{run.identity(node)}.i", "i")
    piece = _piece(run, node, tensor, axis, operation("member", sizes, index))
    return Sequence(None, piece, operation("count", sizes))


def _piece(run: Run, node: cst.Call, tensor: Tensor, axis: int, size: Term) -> Tensor:
    station = run.station(node, "`{}` cuts pieces, one of which may be empty")
    label = f"{run.identity(node)}[{size!r}]"
    made = Cut(axis, tensor.extent(axis), size, label, size.known is None, (station,))
    return tensor.resized(axis, size, made)


def _counts(run: Run, node: cst.Call, _: words.Counts, given: Arguments) -> Value:
    def change(tensor: Tensor) -> Value:
        axis = tensor.cuts[-1].axis if tensor.cuts else 0
        rest = symbol(f"{tensor.origin}#rest", "rest", low=1)
        return Int(times(tensor.extent(axis), rest))

    return _on_tensor(run, node, given, change)


def _ranks(run: Run, node: cst.Call, _: words.Ranks, given: Arguments) -> Value:
    def change(tensor: Tensor) -> Value:
        known = tensor.rank
        rank = symbol(f"{tensor.origin}{RANK}", f"{tensor.name}.dim()", low=0)
        return Int(rank if known is None else Term(known))

    return _on_tensor(run, node, given, change)


def _tests(run: Run, node: cst.Call, _: words.Tests, given: Arguments) -> Value:
    if len(given.positional) > 1 or given.keywords:
        return run.unknown(node, "tested")
    return _on_tensor(run, node, given, lambda t: Bool(less(ZERO, selected(t.origin, t.name))))


def _checks(run: Run, node: cst.Call, _: words.Checks, given: Arguments) -> Value:
    if given.positional:
        passed = run.here.assume(truth_of(given.positional[0], run.identity(node)))
        run.state = passed if passed is not None else run.state
    return Missing()


MEANINGS: Mapping[type, Callable[[Run, cst.Call, Any, Arguments], Value]] = {
    words.Joins: join_list,
    words.Combines: _combines,
    words.Keeps: _keeps,
    words.Reduces: _reduces,
    words.Inserts: _inserts,
    words.Repeats: _repeats,
    words.Measures: _measures,
    words.Narrows: _narrows,
    words.Selects: _selects,
    words.Splits: _splits,
    words.Counts: _counts,
    words.Tests: _tests,
    words.Checks: _checks,
    words.Ranks: _ranks,
}
