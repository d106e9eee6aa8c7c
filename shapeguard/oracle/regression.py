"""Write a failing case as a pytest test that stands alone: torch, transformers and adapters, nothing else.

It fails while the case fails and passes when it is mended, so it can be put into the test suite of the
library that is at fault. Only losses and gradients need the oracle itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shapeguard.oracle.blocks import contains, describe, kind
from shapeguard.oracle.judging import identity
from shapeguard.oracle.verdict import Relation, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.oracle.blocks import Setup
    from shapeguard.oracle.comparison import Tolerance
    from shapeguard.oracle.distribution import Share
    from shapeguard.oracle.verdict import Case, RowReport


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a test makes the model and its inputs.

    ``source`` is Python that defines ``build(attention)``, which returns both; ``attention`` is what
    the failing run had, ``title`` says in words what was built.
    """

    title: str
    source: str
    attention: str = "eager"


def regression_test(recipe: Recipe, case: Case, report: RowReport, tolerance: Tolerance) -> str:
    """Return the text of a test module for a case; ``report`` is of this very case.

    Raises ``ValueError`` for a report of a case that is right.
    """
    if report.verdict in {Verdict.CORRECT, Verdict.UNJUDGED}:
        message = "a case that is right, or cannot be judged, has no regression test"
        raise ValueError(message)
    if report.relation is Relation.IDENTITY:
        case = replace(case, setup=identity(case.setup) or case.setup)
    parts = [f'"""{_summary(recipe, case, report)}\n"""\n\n{_imports(case, report)}']
    parts.append(recipe.source.strip("\n"))
    if report.values:
        parts.append(_test_of_values(recipe, case, tolerance))
    elif report.verdict is Verdict.ACCEPTED:
        parts += [_RUN, _test_of_refusal(recipe, case)]
    else:
        parts += [_RUN, _leaf(report), _test_of_rows(recipe, case, report, tolerance)]
    return "\n\n\n".join(parts) + "\n"


def _summary(recipe: Recipe, case: Case, report: RowReport) -> str:
    first = str(report).partition("\nsmallest case")[0].strip().replace("\\", "\\\\")
    told = "\n".join(line.rstrip() for line in first.replace('"""', "'''").splitlines())
    return f"{recipe.title}: {case}.\n\n{told}"


def _imports(case: Case, report: RowReport) -> str:
    blocks = {"Stack", *_kinds(case.setup)}
    for share in report.against:
        for each in share.chain:
            blocks |= {*_kinds(each)}
    lines = ["import torch", f"from adapters.composition import {', '.join(sorted(blocks))}"]
    if report.verdict is Verdict.ACCEPTED:
        lines.insert(0, "import pytest")
    if report.values:
        lines += ["", "from shapeguard.oracle import assert_rowwise_equal"]
    return "\n".join(lines)


def _kinds(setup: Setup) -> Iterator[str]:
    if not isinstance(setup, str):
        yield kind(setup)
        for child in setup:
            yield from _kinds(child)


_RUN = '''\
def run(model, inputs, setup, rows, *, layers=None, unpadded=False, **options):
    """Run some rows through a composition, with adapters in some layers or all."""
    batch = len(next(iter(inputs.values())))
    chosen = {
        name: value[rows] if torch.is_tensor(value) and len(value) == batch else value
        for name, value in inputs.items()
    }
    if unpadded and "attention_mask" in inputs:
        width, tokens = chosen["attention_mask"].shape[1], int(chosen["attention_mask"].sum())
        chosen = {
            name: value[:, :tokens] if value.dim() > 1 and value.shape[1] == width else value
            for name, value in chosen.items()
        }
    skipped = None
    if layers is not None:
        skipped = [at for at, _ in enumerate(model.iter_layers()) if at not in layers]
    model.set_active_adapters(setup, skip_layers=skipped)
    with torch.no_grad():
        return model(**chosen, **options)'''


def _leaf(report: RowReport) -> str:
    name = report.differences[0].leaf if report.differences else "output[0]"
    path = re.sub(r"\.(\w+)", r'["\1"]', name.removeprefix("output"))
    return (
        "def rows_of(output):\n"
        '    """Return the rows of the output, of all heads if there are several."""\n'
        '    parts = getattr(output, "head_outputs", None) or [output]\n'
        f"    return [row for part in parts for row in part{path or '[0]'}]"
    )


def _together(case: Case) -> str:
    setup, rows = describe(case.setup), list(case.rows)
    return f"run(model, inputs, {setup}, {rows}{_layers(case)}{_tasks(case)})"


def _layers(case: Case) -> str:
    return f", layers={list(case.layers)}" if case.layers is not None else ""


def _test_of_values(recipe: Recipe, case: Case, tolerance: Tolerance) -> str:
    return (
        "def test_losses_and_gradients_are_those_of_rows_alone():\n"
        f"    model, inputs = build({recipe.attention!r})\n"
        f"    rows = {list(case.rows)}\n"
        "    chosen = {name: value[rows] for name, value in inputs.items()}\n"
        f"    assert_rowwise_equal(model, {describe(case.setup)}, chosen{_tasks(case)}, "
        f"atol={tolerance.atol}, rtol={tolerance.rtol}, gradients=True)"
    )


def _test_of_refusal(recipe: Recipe, case: Case) -> str:
    return (
        "def test_what_does_not_describe_the_batch_is_refused():\n"
        f"    model, inputs = build({recipe.attention!r})\n"
        "    with pytest.raises(Exception) as caught:  # noqa: PT011 - any refusal will do\n"
        f"        {_together(case)}\n"
        "    last = str(caught.traceback[-1].statement).strip()\n"
        '    assert last.startswith("raise "), f"nobody refuses it; it breaks at: {last}"'
    )


def _test_of_rows(recipe: Recipe, case: Case, report: RowReport, tolerance: Tolerance) -> str:
    unpadded = report.relation in {Relation.UNPADDED, Relation.EAGER}
    truth = '    alone, _ = build("eager")\n' if report.relation is Relation.EAGER else ""
    of = "alone" if truth else "model"
    shares = "".join(
        f"        ({place}, {case.rows[row]}, {_alone(share)}),\n"
        for share in report.against
        for place, row in zip(share.output_rows, share.input_rows, strict=True)
    )
    cut = "found[: len(expected)]" if unpadded else "found"
    options = f"{_layers(case)}{', unpadded=True' if unpadded else ''}"
    return (
        "def test_every_row_comes_out_as_it_does_alone():\n"
        f"    model, inputs = build({recipe.attention!r})\n"
        f"{truth}"
        f"    together = rows_of({_together(case)})\n"
        "    for place, row, chain in [\n"
        f"{shares}"
        "    ]:\n"
        "        found = together[place]\n"
        f"        expected = rows_of(run({of}, inputs, chain, [row]{options}))[0]\n"
        f"        torch.testing.assert_close({cut}, expected, "
        f"atol={tolerance.atol}, rtol={tolerance.rtol})"
    )


def _alone(share: Share) -> str:
    return f"Stack({', '.join(describe(each) for each in share.chain)})"


def _tasks(case: Case) -> str:
    if case.task_ids is None or not contains(case.setup, frozenset({"MultiTask"})):
        return ""
    names = any(isinstance(task, str) for task in case.task_ids)
    ids = list(case.task_ids)
    return f", task_ids={ids}" if names else f", task_ids=torch.tensor({ids})"
