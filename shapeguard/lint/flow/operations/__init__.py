"""What the words of the op models mean: one function for each kind of model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapeguard.lint.flow.models import vocabulary as words
from shapeguard.lint.flow.operations import (
    compositions,
    elementwise,
    endings,
    expanding,
    joins,
    measures,
    narrowing,
    occurrences,
    patterns,
    products,
    rearranging,
    reductions,
    reshaping,
    sources,
    splits,
    testing,
)
from shapeguard.lint.flow.operations.application import Application
from shapeguard.lint.flow.operations.requirements import needed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import libcst as cst

    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def apply(run: Run, node: cst.Call, model: words.Model, given: Arguments) -> Value:
    """Apply an op model to a call; ``given`` has the tensor itself first if it is a method."""
    meaning = MEANINGS.get(type(model))
    if meaning is None:
        return run.unknown(node, model.name)
    return meaning(Application(run, node, model, given), model)


def _requires(call: Application, model: words.Requires) -> Value:
    needed(call, model.needs)
    if model.then is None:
        return call.unknown(call.operation)
    return apply(call.run, call.node, model.then, call.given)


def _reduces(call: Application, model: words.Reduces) -> Value:
    if model.pair and reductions.elementwise_or_reduces(call):
        return elementwise.combines(call, words.Combines(model.name))
    return reductions.reduces(call, model)


MEANINGS: Mapping[type, Callable[[Application, Any], Value]] = {
    words.Averages: reductions.averages,
    words.Bins: occurrences.bins,
    words.Builds: sources.builds,
    words.Checks: endings.checks,
    words.Chooses: narrowing.chooses,
    words.Chunks: splits.chunks,
    words.Clamps: elementwise.clamps,
    words.Combines: elementwise.combines,
    words.Composes: compositions.composes,
    words.Contracts: products.contracts,
    words.Converts: sources.converts,
    words.Counts: measures.counts,
    words.Drops: narrowing.drops,
    words.Encodes: occurrences.encodes,
    words.Expands: expanding.expands,
    words.Finds: narrowing.finds,
    words.Finest: occurrences.finest,
    words.Flattens: reshaping.flattens,
    words.Follows: expanding.follows,
    words.Inserts: rearranging.inserts,
    words.Interleaves: expanding.interleaves,
    words.Joins: joins.joins,
    words.Keeps: elementwise.keeps,
    words.Leads: products.leads,
    words.Leaves: endings.leaves,
    words.Listed: joins.listed,
    words.Lists: measures.lists,
    words.Makes: sources.makes,
    words.Maps: elementwise.maps,
    words.Masks: narrowing.masks,
    words.Measures: measures.measures,
    words.Moves: rearranging.moves,
    words.Multiplies: products.multiplies,
    words.Narrows: narrowing.narrows,
    words.Numbers: sources.numbers,
    words.Orders: elementwise.orders,
    words.Pads: rearranging.pads,
    words.Denies: elementwise.denies,
    words.Passes: elementwise.passes,
    words.Permutes: rearranging.permutes,
    words.Ranges: reductions.ranges,
    words.Ranked: occurrences.ranked,
    words.Ranks: measures.ranks,
    words.Reads: measures.reads,
    words.Rearranges: patterns.rearranges,
    words.Reduces: _reduces,
    words.Repeats: expanding.repeats,
    words.Requires: _requires,
    words.Selects: narrowing.selects,
    words.Spaced: sources.spaced,
    words.Splits: splits.splits,
    words.Squares: sources.squares,
    words.Squeezes: rearranging.squeezes,
    words.Swaps: rearranging.swaps,
    words.Tests: testing.tests,
    words.Unbinds: splits.unbinds,
    words.Unflattens: reshaping.unflattens,
    words.Uniques: occurrences.uniques,
    words.Views: reshaping.views,
}
