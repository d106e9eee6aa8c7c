"""Operations and evidence: a guard of any spelling leads to the term that the operation makes."""

from __future__ import annotations

import pytest
from flow_observation import happened, observed, only

from shapeguard.lint.flow.domain.predicates import at_most
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import Term
from shapeguard.lint.flow.events import Call, Divide, Identity, Index, Join, Reduce, Reshape, Split
from shapeguard.lint.flow.evidence.emptiness import may_be_empty, may_hold_zero
from shapeguard.lint.flow.evidence.reasons import may_be_zero, may_break

HEAD = """import random
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

"""
PARAMETERS = "x: Tensor, y: Tensor, labels: Tensor, mask: Tensor, k: int, xs: list"


def program(body):
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    return f"{HEAD}def f({PARAMETERS}):\n{lines}"


def events(tmp_path, body, kind):
    return [event for event in happened(tmp_path, program(body)) if isinstance(event, kind)]


def evidence(tmp_path, body, operation="max"):
    """Return whether there is evidence that the operand of a reduction is empty."""
    reduced = [e for e in events(tmp_path, body, Reduce) if e.operation == operation]
    assert len(reduced) == 1
    (event,) = reduced
    return may_be_empty(event.operand, event.moment, event.axis) is not None


@pytest.mark.parametrize(
    "narrowing",
    [
        "x[labels == k]",
        "x[mask]",
        "x[mask.bool()]",
        "x[~mask]",
        "x[(labels == k) & (y > 0)]",
        "x[(labels == k).view(-1)]",
        "x[labels.eq(k)]",
        "x[torch.logical_and(labels == k, y > 0)]",
        "x[(labels == k).nonzero()[:, 0]]",
        "x[(labels == k).nonzero().squeeze(1)]",
        "x[torch.where(labels == k)[0]]",
        "x[torch.nonzero(labels == k, as_tuple=True)[0]]",
        "x[np.flatnonzero(labels == k)]",
        "torch.masked_select(x, labels == k)",
        "x.index_select(0, torch.where(labels == k)[0])",
        "x[labels == k].float().abs() * 2",
        "x[labels == k].unsqueeze(0).squeeze(0)",
        "x[labels == k] @ y",
        "x[labels == k].view(-1)",
        "F.relu(x[mask])",
        "x[(labels == k).nonzero(as_tuple=True)]",
    ],
)
def test_what_a_mask_selects_may_be_nothing(tmp_path, narrowing):
    assert evidence(tmp_path, f"z = {narrowing}\nz.max()")


def broken(tmp_path, body, *, sure=True):
    """Return whether there is evidence that a call is refused, whatever the ranks are."""
    called = events(tmp_path, body, Call)
    return any(
        may_break(need.condition, event.moment) is not None
        for event in called
        for need in event.requirements
        if need.sure is sure
    )


@pytest.mark.parametrize(
    ("selection", "few"),
    [
        ("x[x > k]", True),
        ("x[~(x > k)]", True),
        ("x[(x > k) & (x < 9)]", True),
        ("x[y > k]", False),
        ("x[x.sum(0) > k]", False),
    ],
)
def test_a_mask_of_the_very_shape_selects_single_entries(tmp_path, selection, few):
    assert broken(tmp_path, f"{selection}.topk(5)") == few
    assert not broken(tmp_path, f"z = {selection}\nz.topk(min(5, len(z)))")
    assert not broken(tmp_path, f"z = {selection}\nif z.numel() >= 5:\n    z.topk(5)")


@pytest.mark.parametrize("guard", ["z.numel() >= 5", "len(z) >= 5", "z.size(0) > 4", "k > 0"])
def test_a_selection_of_unknown_rank_may_be_a_vector(tmp_path, guard):
    body = f"z = x[y > k]\nif {guard}:\n    z.topk(5)"
    assert broken(tmp_path, body, sure=False) == (guard == "k > 0")


@pytest.mark.parametrize(
    ("guard", "narrowing"),
    [
        ("(labels == k).any()", "x[labels == k]"),
        ("torch.any(labels == k)", "x[labels == k]"),
        ("(labels == k).sum() > 0", "x[labels == k]"),
        ("torch.sum(labels == k) != 0", "x[labels == k]"),
        ("(labels == k).sum().item() > 0", "x[labels == k]"),
        ("int((labels == k).sum())", "x[labels == k]"),
        ("torch.count_nonzero(labels == k) > 0", "x[labels == k]"),
        ("(labels == k).long().sum() >= 1", "x[labels == k]"),
        ("(k == labels).any()", "x[labels == k]"),
        ("x[labels == k].numel()", "x[labels == k]"),
        ("x[labels == k].numel() > 0", "x[labels == k]"),
        ("x[labels == k].size(0) > 0", "x[labels == k]"),
        ("x[labels == k].shape[0] != 0", "x[labels == k]"),
        ("len(x[labels == k])", "x[labels == k]"),
        ("len((labels == k).nonzero()) > 0", "x[labels == k]"),
        ("torch.where(labels == k)[0].numel() > 0", "x[labels == k]"),
        ("(labels == k).nonzero().size(0) > 0", "x[torch.where(labels == k)[0]]"),
        ("mask.any()", "x[mask]"),
        ("mask.sum() > 0", "x[mask]"),
        ("mask.any()", "x[mask.view(-1)]"),
        ("(~mask).any()", "x[~mask]"),
        ("y[mask].numel() > 0", "x[mask]"),
        ("x[mask].float().numel() > 0", "x[mask]"),
        ("(labels == k).any()", "x[labels == k].view(-1)"),
        ("((labels == k) & mask).any()", "x[(labels == k) & mask]"),
        ("(y > 0).any()", "x[(y > 0).any(dim=1)]"),
        ("(y > 0).any(dim=1).any()", "x[(y > 0).any(dim=1)]"),
        ("not (y > 0).all()", "x[~(y > 0).all(dim=1)]"),
        ("not mask.all()", "x[~mask]"),
        ("(y > 0).any()", "x[torch.where((y > 0).any(dim=-1))[0]]"),
    ],
)
def test_a_guard_of_any_spelling_speaks_of_the_same_number(tmp_path, guard, narrowing):
    bare = f"z = {narrowing}\nz.max()"
    guarded = f"if {guard}:\n    z = {narrowing}\n    z.max()"
    early = f"if not ({guard}):\n    return None\nz = {narrowing}\nz.max()"
    found = [evidence(tmp_path, body) for body in (bare, guarded, early)]
    assert found == [True, False, False]


@pytest.mark.parametrize(
    "joined",
    [
        "torch.cat([x[x != k] for x in xs])",
        "torch.cat([x[x > 0] for x in xs], 0)",
        "torch.cat(kept)",
        "torch.concat(kept, dim=0)",
        "torch.cat([x[x > 0] for x in xs if x.ndim == 1])",
    ],
)
def test_the_join_of_members_that_may_all_be_empty_may_be_empty(tmp_path, joined):
    fill = "kept = []\nfor x in xs:\n    kept.append(x[x > 0])"
    guard = f"z = {joined}\nif z.numel():\n    z.mean()"
    found = [evidence(tmp_path, f"{fill}\n{body}", "mean") for body in (f"{joined}.mean()", guard)]
    assert found == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        "torch.cat([x[x > 0] for x in xs if (x > 0).any()]).mean()",
        "torch.cat([x[k:] for x in xs]).mean()",
        "torch.cat([x for x in xs]).mean()",
        (
            "kept = []\nfor x in xs:\n    y = x[x > 0]\n    if len(y) == 0:\n        continue\n"
            "    kept.append(y)\ntorch.cat(kept).mean()"
        ),
        "torch.cat([x[x > 0] for x in xs], 1).mean(1)",
    ],
)
def test_the_join_of_members_that_are_asked_for_or_unknown_is_silent(tmp_path, body):
    assert not evidence(tmp_path, body, "mean")


@pytest.mark.parametrize(
    ("guard", "narrowing"),
    [
        ("(labels == 3).any()", "x[labels == k]"),
        ("(y == k).any()", "x[labels == k]"),
        ("mask.any()", "x[~mask]"),
        ("(labels > k).any()", "x[labels == k]"),
        ("(labels.abs() == k).any()", "x[labels == k]"),
        ("(labels[mask] == k).any()", "x[labels == k]"),
        ("x.numel() > 0", "x[labels == k]"),
        ("len(x) > 0", "x[mask]"),
        ("mask.numel() > 0", "x[mask]"),
    ],
)
def test_a_test_of_something_else_guards_nothing(tmp_path, guard, narrowing):
    assert evidence(tmp_path, f"if {guard}:\n    z = {narrowing}\n    z.max()")


@pytest.mark.parametrize(
    "body",
    [
        "for u in labels.unique():\n    x[labels == u].max()",
        "for u in torch.unique(labels):\n    x[u == labels].max()",
        "for u in labels.unique().tolist():\n    x[labels == u].max()",
        "u = torch.unique(labels)\nx[labels == u[0]].max()",
        "for u in labels[mask].unique():\n    x[labels == u].max()",
        "u, at = torch.unique(labels, return_inverse=True)\nfor i in range(len(u)):\n    x[at == i].max()",
        "u, at = labels.unique(return_inverse=True)\nfor i, _ in enumerate(u):\n    x[i == at].max()",
        "u, at = np.unique(labels, return_inverse=True)\n[x[at == i].max() for i in range(len(u))]",
        "x.max()",
        "torch.zeros(3).max()",
        "x.sort()[0].max()",
        "x[labels.argsort()].max()",
        "x.unique().max()",
    ],
)
def test_what_occurs_is_not_nothing_and_unknown_is_silent(tmp_path, body):
    assert not evidence(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "for u in labels.unique():\n    x[labels[mask] == u].max()",
        "u, at = torch.unique(labels, return_inverse=True)\nfor i in range(k):\n    x[at == i].max()",
        "u, at = torch.unique(labels, return_inverse=True)\nfor i in range(len(u)):\n    x[labels == i].max()",
    ],
)
def test_what_occurs_elsewhere_may_be_nothing_here(tmp_path, body):
    assert evidence(tmp_path, body)


@pytest.mark.parametrize(
    ("expression", "operation", "axis", "identity", "least"),
    [
        ("x.max()", "max", None, Identity.NONE, 1),
        ("torch.amax(x, dim=1)", "amax", 1, Identity.NONE, 1),
        ("x.argmax(-1)", "argmax", -1, Identity.NONE, 1),
        ("x.aminmax()", "aminmax", None, Identity.NONE, 1),
        ("x.kthvalue(2)", "kthvalue", -1, Identity.NONE, 1),
        ("x.quantile(0.5)", "quantile", None, Identity.NONE, 1),
        ("x.mean()", "mean", None, Identity.NAN, 1),
        ("x.mean(dim=0)", "mean", 0, Identity.NAN, 1),
        ("x.median()", "median", None, Identity.NAN, 1),
        ("x.std()", "std", None, Identity.NAN, 2),
        ("x.std(0, unbiased=False)", "std", 0, Identity.NAN, 1),
        ("torch.var(x, dim=1, correction=0)", "var", 1, Identity.NAN, 1),
        ("x.sum(1)", "sum", 1, Identity.VALUE, 1),
        ("x.logsumexp(0)", "logsumexp", 0, Identity.VALUE, 1),
        ("F.cross_entropy(x, labels)", "cross_entropy", None, Identity.NAN, 1),
        ("F.mse_loss(x, y, reduction='sum')", "mse_loss", None, Identity.VALUE, 1),
        ("F.kl_div(x, y)", "kl_div", None, Identity.NAN, 1),
        ("torch.nn.CrossEntropyLoss()(x, labels)", "cross_entropy", None, Identity.NAN, 1),
        (
            "torch.nn.MSELoss(reduction='sum')(x, y)",
            "mse_loss",
            None,
            Identity.VALUE,
            1,
        ),
        ("np.max(x, axis=1)", "max", 1, Identity.NONE, 1),
        ("np.mean(xs)", "mean", None, Identity.NAN, 1),
    ],
)
def test_a_reduction_says_what_it_gives_for_nothing(
    tmp_path, expression, operation, axis, identity, least
):
    (event,) = events(tmp_path, expression, Reduce)
    assert (event.operation, event.axis) == (operation, axis)
    assert (event.identity, event.least) == (identity, least)
    assert event.name in ("x", "xs")


@pytest.mark.parametrize(
    "expression",
    ["torch.max(x, y)", "torch.min(x, other=y)", "F.mse_loss(x, y, reduction='none')", "x.any()"],
)
def test_what_reduces_nothing_is_no_reduction(tmp_path, expression):
    assert events(tmp_path, expression, Reduce) == []


def test_an_axis_that_is_not_the_empty_one_is_not_suspected(tmp_path):
    assert evidence(tmp_path, "z = x[mask]\nz.max(0)")
    assert not evidence(tmp_path, "z = x[mask]\nz.max(1)")


def kinds(tmp_path, body):
    """Return the kinds of traits of what a program observes."""
    (value,) = only(observed(tmp_path, program(body)))
    assert isinstance(value, Tensor)
    return {trait.kind for trait in value.traits}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x > 0", {Kind.MASK}),
        ("x.eq(y)", {Kind.MASK}),
        ("~(x > 0)", {Kind.MASK}),
        ("(x > 0) | (y > 0)", {Kind.MASK}),
        ("x.isnan()", {Kind.MASK}),
        ("x.bool()", {Kind.MASK}),
        ("(x > 0).any(1)", {Kind.MASK}),
        ("(x > 0).float()", {Kind.MASK}),
        ("mask.nonzero()", {Kind.INDEX}),
        ("x.argsort()", {Kind.INDEX}),
        ("x.max(1)[1]", {Kind.INDEX}),
        ("x.topk(k)[1]", {Kind.INDEX}),
        ("torch.where(x > 0)[0]", {Kind.INDEX}),
        ("(x > 0).sum()", {Kind.COUNT}),
        ("(x > 0).sum(1)", {Kind.COUNT}),
        ("(x > 0).sum(1, keepdim=True)", {Kind.COUNT}),
        ("mask.sum(dim=1).unsqueeze(-1)", {Kind.COUNT}),
        ("mask.sum(1).float()", {Kind.COUNT}),
        ("mask.sum(1).clamp(min=1)", set()),
        ("mask.sum(1).clamp(min=1e-9)", set()),
        ("mask.sum(1).clamp_min(1)", set()),
        ("mask.sum(1).clamp(min=0)", {Kind.COUNT}),
        ("mask.sum(1) + 1e-8", set()),
        ("torch.clamp(mask.sum(1), min=1)", set()),
        ("x.sum(1)", set()),
        ("labels.bincount()", {Kind.PRESENT_COUNTS}),
        ("labels.bincount(minlength=4)", {Kind.COUNT}),
        ("torch.unique(labels, return_counts=True)[1]", {Kind.PRESENT_COUNTS}),
        ("labels.bincount(minlength=k + 1 if y is None else k)", {Kind.COUNT}),
        ("labels.bincount(minlength=None if y is None else k)", {Kind.COUNT}),
        ("F.one_hot(labels)", {Kind.PRESENT_COUNTS}),
        ("F.one_hot(labels, k + 1 if y is None else k)", set()),
        ("F.one_hot(labels, num_classes=4)", set()),
        ("F.one_hot(labels, 4)", set()),
        ("x.squeeze()", {Kind.SQUEEZED}),
        ("(x > 0) * 2.0", {Kind.MASKED}),
        ("x.squeeze(1)", set()),
        ("torch.zeros(3, 1, 2).squeeze()", set()),
        ("x.squeeze() * 2", {Kind.SQUEEZED}),
        ("torch.tensor([])", {Kind.UNTYPED}),
        ("torch.tensor([], dtype=torch.long)", set()),
        ("torch.tensor([1, 2])", set()),
        ("torch.LongTensor([])", set()),
        ("torch.tensor([]).long()", set()),
        ("torch.tensor([]).bool()", {Kind.MASK}),
        ("torch.tensor([]).type(torch.long)", set()),
        ("torch.tensor([]).to(torch.long)", set()),
        ("torch.tensor([]).to(x)", set()),
        ("torch.tensor([]).to(x.device, dtype=k)", set()),
        ("torch.tensor([]).to(x.device)", {Kind.UNTYPED}),
        ("torch.tensor([]).to('cuda', non_blocking=True)", {Kind.UNTYPED}),
        ("torch.tensor([]).to(device=x.device).cpu()", {Kind.UNTYPED}),
        ("torch.empty(0)", {Kind.FRACTIONS}),
        ("torch.zeros((0,), device=x.device).cuda()", {Kind.FRACTIONS}),
        ("torch.zeros(0, dtype=torch.long)", set()),
        ("torch.zeros(0, **k)", set()),
        ("torch.zeros(0).long()", set()),
        ("torch.zeros(0) > 1", {Kind.MASK}),
        ("x.new_zeros(0)", set()),
        ("torch.zeros(k)", set()),
        ("torch.zeros(2)", set()),
    ],
)
def test_traits_say_what_else_is_known(tmp_path, expression, expected):
    assert kinds(tmp_path, f"observe([{expression}])") == expected


def test_a_list_that_may_have_no_member_makes_an_untyped_tensor(tmp_path):
    filtered = "observe([torch.tensor([i for i in xs if i > 0])])"
    plain = "observe([torch.tensor([i for i in xs])])"
    typed = "observe([torch.as_tensor([i for i in xs if i > 0], dtype=torch.long)])"
    assert [kinds(tmp_path, each) for each in (filtered, plain, typed)] == [
        {Kind.UNTYPED},
        set(),
        set(),
    ]


def test_a_list_of_counts_is_still_one_of_what_occurs(tmp_path):
    (listed,) = only(observed(tmp_path, program("observe([labels.bincount().cpu().tolist()])")))
    assert [trait.kind for trait in listed.traits] == [Kind.PRESENT_COUNTS]


def test_the_results_of_unique_are_of_one_length(tmp_path):
    body = "u, inverse, counts = torch.unique(labels, return_inverse=True, return_counts=True)\n"
    values, inverse, counts = only(
        observed(tmp_path, program(f"{body}observe([u, inverse, counts])"))
    )
    assert values.extent(0) == counts.extent(0)
    assert inverse.extent(0) != counts.extent(0)


def test_the_count_of_a_mask_may_be_zero_unless_it_is_bounded(tmp_path):
    body = "n = (labels == k).sum().item()\nobserve([torch.zeros(n), torch.zeros(max(n, 1))])"
    (event,) = [e for e in events(tmp_path, body, Join) if e.operation == "observe"]
    found = [may_be_zero(each.extent(0), event.moment) is not None for each in event.operands]
    assert found == [True, False]


@pytest.mark.parametrize(
    ("body", "pieces", "at_most"),
    [
        ("a, b = x.chunk(2)", None, True),
        ("a, b = x.tensor_split(2)", Term(2), False),
        ("a, b = x.split([1, k])", Term(2), False),
        ("x.unbind(1)", None, False),
        ("x.split(k)", None, False),
    ],
)
def test_a_split_says_into_how_many_pieces(tmp_path, body, pieces, at_most):
    event = events(tmp_path, body, Split)[0]
    assert event.name == "x"
    assert event.at_most == at_most
    assert pieces is None or event.pieces == pieces


@pytest.mark.parametrize(
    ("body", "consumed"),
    [
        ("a, b = x.chunk(2)", 2),
        ("pieces = x.split([1, k])\na, b = pieces", 2),
        ("x.chunk(3)[2]", 3),
        ("first, *rest = x.unbind(0)", 1),
    ],
)
def test_what_takes_the_pieces_of_a_split_is_counted(tmp_path, body, consumed):
    made, taken = events(tmp_path, body, Split)
    assert made.consumed is None
    assert taken.consumed == Term(consumed)
    assert (taken.pieces, taken.operand) == (made.pieces, made.operand)


def test_a_chunk_may_give_fewer_pieces_than_are_taken(tmp_path):
    (_, taken) = events(tmp_path, "a, b = x[mask].chunk(2)", Split)
    assert may_break(at_most(taken.consumed, taken.pieces), taken.moment) is not None


@pytest.mark.parametrize(
    ("expression", "extents"),
    [
        ("x.view(-1, 4)", (None, Term(4))),
        ("x.reshape(2, -1)", (Term(2), None)),
        ("x.view((2, 3))", (Term(2), Term(3))),
        ("torch.reshape(x, (3, -1))", (Term(3), None)),
        ("x.unflatten(0, (2, -1))", (Term(2), None)),
    ],
)
def test_a_view_says_its_extents(tmp_path, expression, extents):
    (event,) = events(tmp_path, expression, Reshape)
    assert event.extents == extents


def test_a_view_that_infers_beside_an_empty_extent_has_evidence(tmp_path):
    (event,) = events(tmp_path, "z = x[mask]\nz.view(z.size(0), -1)", Reshape)
    assert may_be_zero(event.extents[0], event.moment) is not None


@pytest.mark.parametrize(
    "expression",
    [
        "x[mask].topk(3, dim=0)",
        "torch.topk(x[mask], 3, 0)",
        "x[mask].kthvalue(1, dim=0)",
        "torch.multinomial(x[mask].view(-1), 1)",
        "random.choice([i for i in xs if i])",
        "random.sample([i for i in xs if i], 2)",
        "np.random.choice(x[mask])",
        "torch.randint(mask.sum().item(), (3,))",
        "torch.randint(0, mask.sum().item(), (3,))",
        "F.one_hot(labels[mask])",
        "F.affine_grid(x[mask], [1, 1, 2, 2])",
        "F.ctc_loss(x, labels, xs, y[mask])",
        "x.narrow(0, k, 1)",
    ],
)
def test_what_an_operation_needs_can_be_asked_for(tmp_path, expression):
    called = events(tmp_path, expression, Call)
    assert called
    broken = [may_break(r.condition, e.moment) for e in called for r in e.requirements]
    assert any(each is not None for each in broken) or expression.startswith("x.narrow")


@pytest.mark.parametrize(
    "expression",
    [
        "x.topk(3)",
        "x[mask].topk(min(3, len(x[mask])), dim=0)",
        "random.choice(xs)",
        "F.one_hot(labels[mask], 4)",
        "torch.multinomial(x, 1, replacement=True)",
    ],
)
def test_what_an_operation_needs_is_met_or_not_in_doubt(tmp_path, expression):
    called = events(tmp_path, expression, Call)
    broken = [may_break(r.condition, e.moment) for e in called for r in e.requirements]
    assert all(each is None for each in broken)


@pytest.mark.parametrize(
    ("expression", "listed"),
    [
        ("torch.cat([i for i in xs if i.numel()])", "[i for i in xs if i.numel()]"),
        ("torch.stack([i for i in xs if i.numel()])", "[i for i in xs if i.numel()]"),
        ("pad_sequence([i for i in xs if i.numel()])", "[i for i in xs if i.numel()]"),
        ("np.concatenate([i for i in xs if len(i)])", "[i for i in xs if len(i)]"),
        ("torch.block_diag(*[i for i in xs if i.numel()])", "sequence"),
    ],
)
def test_the_list_that_is_joined_may_have_no_member(tmp_path, expression, listed):
    (event,) = events(tmp_path, expression, Join)
    assert event.listed == listed
    assert may_be_empty(event.members, event.moment) is not None


@pytest.mark.parametrize(
    "expression",
    ["x.expand_as(y)", "x.copy_(y)", "x.broadcast_to(y.shape)", "torch.broadcast_to(x, y.shape)"],
)
def test_what_must_fit_into_a_shape_meets_it(tmp_path, expression):
    (event,) = events(tmp_path, expression, Join)
    assert event.broadcast
    assert event.names[0] == "x"
    assert [each.origin for each in event.operands] == ["x", "y"]


def test_a_list_of_norms_is_as_long_as_the_list_of_gradients(tmp_path):
    body = "norms = torch._foreach_norm([i for i in xs if i.numel()], 2)\ntorch.stack(norms)"
    (joined,) = events(tmp_path, body, Join)
    assert may_be_empty(joined.members, joined.moment) is not None
    (call,) = events(tmp_path, body, Call)
    assert may_break(call.requirements[0].condition, call.moment) is not None


def test_a_layer_keeps_what_its_function_keeps(tmp_path):
    body = "layer = torch.nn.Linear(3, 4)\nz = layer(x[mask])\nz.max()"
    assert evidence(tmp_path, body)
    assert not evidence(tmp_path, f"if mask.any():\n    {body.replace(chr(10), chr(10) + '    ')}")


def test_operations_that_narrow_say_so(tmp_path):
    body = "x.narrow(1, 0, k)\nx.index_select(0, labels)\ntorch.masked_select(x, mask)"
    found = events(tmp_path, body, Index)
    assert [(e.name, e.axis) for e in found] == [("x", 1), ("x", 0), ("x", 0)]


@pytest.mark.parametrize(
    ("body", "zero"),
    [
        ("r = len(x) % k\nx[:-r]", True),
        ("r = len(x) % k\nif r:\n    x[:-r]", False),
        ("r = len(x) % k\nif r != 0:\n    x[:-r]", False),
        ("x[: len(x) - len(x) % k]", False),
        ("x[: len(x) % k + 1]", False),
    ],
)
def test_a_remainder_may_be_zero_and_what_is_left_without_it_need_not(tmp_path, body, zero):
    (event,) = events(tmp_path, body, Index)
    stop = event.index.stop
    found = may_be_zero(stop, event.moment) or may_be_zero(stop.scaled(-1), event.moment)
    assert (found is not None) == zero


@pytest.mark.parametrize(
    ("use", "test", "suspected"),
    [
        ("x.max()", "x.numel()", True),
        ("x.max(dim=0)", "x.numel() > 0", True),
        ("x.max(dim=1)", "x.numel() > 0", False),
        ("x.max(dim=1)", "x.size(1) > 0", True),
        ("x.max(dim=1)", "x.size(1) != y.size(1)", False),
        ("x[:, :k].max(dim=1)", "x.size(1) != y.size(1) + k", False),
        ("x.max(dim=0)", "len(x) == 0 or x.size(1) != y.size(1)", True),
    ],
)
def test_a_belief_is_about_the_extent_that_is_asked_for(tmp_path, use, test, suspected):
    assert evidence(tmp_path, f"z = {use}\nif {test}:\n    return z") == suspected


@pytest.mark.parametrize(
    ("division", "of_tensor", "raises"),
    [
        ("5 / n", False, True),
        ("5.0 / n", False, True),
        ("5 % n", False, True),
        ("divmod(5, n)", False, True),
        ("x / n", True, False),
        ("x // n", True, False),
        ("torch.div(x, n)", True, False),
        ("torch.arange(5) / n", True, False),
        ("torch.arange(5) // n", True, True),
        ("torch.randperm(5) % n", True, True),
        ("torch.arange(5) % float(p)", True, False),
        ("torch.arange(5, dtype=torch.float) % n", True, False),
        ("torch.randperm(5, dtype=torch.float) % n", True, False),
        ("numpy.arange(5) % n", True, False),
    ],
)
def test_what_a_division_by_zero_does(tmp_path, division, of_tensor, raises):
    text = f"""
        import numpy
        import torch

        def f(x: torch.Tensor, n: int, p: float):
            return {division}
        """
    (event,) = (each for each in happened(tmp_path, text) if isinstance(each, Divide))
    assert (event.of_tensor, event.raises) == (of_tensor, raises)


@pytest.mark.parametrize(
    "division", ["torch.randperm(0) % n", "torch.arange(0) / n", "torch.ones(0, 2) // n"]
)
def test_of_a_tensor_without_entries_nothing_is_divided(tmp_path, division):
    text = f"import torch\ndef f(x: torch.Tensor, n: int):\n    return {division}\n"
    assert not any(isinstance(each, Divide) for each in happened(tmp_path, text))


@pytest.mark.parametrize(
    "guard",
    [
        "if m.sum().item() == 0:",
        "if not m.sum().item():",
        "if int(m.sum()) < 1:",
        "if int(m.sum().item()) == 0:",
        "if torch.sum(m).item() <= 0:",
        "if float(m.sum()) == 0:",
        "if m.sum().tolist() == 0:",
        "if m.sum().cpu().item() == 0:",
        "if not bool(m.sum()):",
        "if not m.sum():",
        "n = m.sum()\nif not n:",
        "n = m.sum()\nif not n.item():",
        "n = int(m.sum())\nif n == 0:",
        "if not m.any().item():",
        "if (~m).all():",
    ],
)
@pytest.mark.parametrize("made", ["m = mask", "m = mask.bool()", "m = labels == k"])
def test_one_number_however_it_is_read(tmp_path, made, guard):
    assert evidence(tmp_path, f"{made}\nprint(m.any())\nx[m].max()")
    assert not evidence(tmp_path, f"{made}\n{guard}\n    return None\nx[m].max()")


def test_nothing_is_selected_where_the_complement_is_all_true(tmp_path):
    kept = "m = xs > k\nx[m].max()"
    assert evidence(tmp_path, kept)
    assert not evidence(tmp_path, kept.replace("\n", "\nif (~m).all():\n    return None\n"))
    assert evidence(tmp_path, kept.replace("\n", "\nif not (~m).all():\n    return None\n"))


@pytest.mark.parametrize("read", ["x.sum().item()", "float(x.sum())", "int(x.sum())"])
def test_a_sum_of_what_is_no_mask_is_no_reason_for_a_zero(tmp_path, read):
    (divided,) = events(tmp_path, f"y / {read}", Divide)
    assert may_hold_zero(divided, divided.divisor, divided.name) is None


@pytest.mark.parametrize(
    ("body", "suspected"),
    [
        ("m = (x > 0) & (y > 0)\nif m.any():\n    z = x[x > 0].max()", False),
        ("m = torch.logical_and(x > 0, y > 0)\nif m.any():\n    z = x[y > 0].max()", False),
        ("a, b = load(), load()\nif ((a > 0) & (b > 0)).any():\n    z = x[a > 0].max()", False),
        ("m = mask & (y > 0)\nif mask.any():\n    z = x[m].max()", True),
        ("if mask.any():\n    m = mask | (y > 0)\n    z = x[m].max()", False),
        ("if mask.any():\n    mask |= y > 0\n    z = x[mask].max()", False),
        ("m = mask | (y > 0)\nif m.any():\n    z = x[mask].max()", True),
        ("m = mask | (y > 0)\nif not m.any():\n    return 0\nz = x[m].max()", False),
    ],
)
def test_what_a_mask_of_masks_selects_follows_from_them(tmp_path, body, suspected):
    assert evidence(tmp_path, body) == suspected


def test_conditions_of_numbers_may_be_joined_by_operators_of_bits(tmp_path):
    body = (
        "if (k > 0) & (len(xs) > 0):\n    z = max(xs)\nif (k > 0) | (len(xs) > 0):\n    z = max(xs)"
    )
    found = [may_be_empty(e.operand, e.moment) for e in events(tmp_path, body, Reduce)]
    assert [each is not None for each in found] == [False, True]
