"""A sweep finds the silent defects of adapters 1.3.0 without being told where they are."""

from __future__ import annotations

from collections import Counter

import pytest

from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.plan import REFERENCE, Choice, jobs
from shapeguard.oracle.sweep.running import run
from shapeguard.outcome import GOOD, Relation, Verdict

pytestmark = pytest.mark.adapters

BAD = ("bad-sizes", "bad-ids")


def swept(method, family, *groups, **choice):
    names = [name for name, each in COMPOSITIONS.items() if each.group in groups]
    chosen = Choice(methods=[method], families=[family], compositions=names, **choice)
    return [outcome for job in jobs(chosen) for outcome in run(job)]


def verdicts(outcomes):
    return Counter(each.verdict for each in outcomes)


@pytest.mark.parametrize(
    ("method", "family", "group", "wrong"),
    [
        ("prefix-ragged", "bert", "split", "a+b 0 3"),
        ("prefix-leave-out", "roberta", "split", "a+b 2 1"),
        ("seq-bn", "bert", "nested-split", "(a+b 1 1)+c 2 1"),
        ("seq-bn", "distilbert", "multitask", "a:b 0 1 0"),
        ("lora-leave-out", "bert", "split-in-stack", "(a+b 2 1)>d"),
        ("dora", "bert", "split", "a+b 3 0"),
        ("loreft", "bert", "split", "a+b 2 1"),
        ("prompt-tuning", "bert", "split", "a+b 2 1"),
        ("seq-bn-inv", "bert", "split", "a+b 2 1"),
        ("seq-bn-and-par-bn", "bert", "split", "a+b 2 1"),
        ("ia3", "vit", "parallel", "a&b"),
    ],
)
def test_rows_that_are_wrong_beside_others(method, family, group, wrong):
    """Defects 06, 10, 12, 14, 15 and 18 of the list that the project measured."""
    outcomes = swept(method, family, "single", group, attentions=["eager"], paddings=["none"])
    found = {each.composition for each in outcomes if each.verdict is Verdict.WRONG}
    assert wrong in found
    assert found.isdisjoint({"a", "b"})
    assert {each.relation for each in outcomes if each.relation} == {Relation.ALONE}


@pytest.mark.parametrize("method", ["lora", "seq-bn"])
def test_an_average_of_copies_that_is_not_the_adapter(method):
    """Defect 16."""
    average = [each for each in swept(method, "roberta", "average") if each.composition == "a~a"]
    assert {(each.verdict, each.relation) for each in average} == {
        (Verdict.WRONG, Relation.IDENTITY)
    }


@pytest.mark.parametrize(
    ("family", "setting", "relation"),
    [
        ("gpt2", ("sdpa", "padded"), Relation.ALONE),
        ("llama", ("sdpa", "padded"), Relation.ALONE),
        ("gpt2", ("sdpa", "none"), Relation.EAGER),
        ("bart", ("sdpa", "none"), Relation.EAGER),
        ("distilbert", ("sdpa", "padded"), Relation.ALONE),
    ],
)
def test_prefixes_that_an_attention_implementation_loses(family, setting, relation):
    """Defects 07, 08 and 09: one adapter alone is wrong, with this attention and padding only."""
    outcomes = swept("prefix", family, "single")
    here = [each for each in outcomes if (each.attention, each.padding) == setting]
    assert {(each.verdict, each.relation) for each in here} == {(Verdict.WRONG, relation)}
    eager = [each for each in outcomes if each.attention == "eager"]
    assert verdicts(eager).keys() == {Verdict.CORRECT}


@pytest.mark.parametrize(
    ("method", "family", "groups"),
    [
        ("double-seq-bn", "bert", ("split", "nested-split", "multitask")),
        ("lora", "roberta", ("split", "split-in-stack", "multitask")),
        ("prefix", "bert", ("split", "nested-split")),
        ("ia3", "bert", ("split",)),
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(method, family, groups):
    outcomes = swept(method, family, "single", *groups)
    assert len(outcomes) > 20
    assert verdicts(outcomes).keys() == {Verdict.CORRECT}


def test_ragged_prefixes_are_right_on_distilbert_with_attention_eager():
    outcomes = swept("prefix-ragged", "distilbert", "split", attentions=["eager"])
    assert verdicts(outcomes).keys() == {Verdict.CORRECT}


@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta"])
def test_the_reference_is_right_or_refuses(family):
    groups = {each.group for each in COMPOSITIONS.values()}
    outcomes = swept("prefix-ragged", family, *groups, codes=[REFERENCE])
    assert {
        (each.composition, each.error) for each in outcomes if each.verdict not in GOOD
    } == set()
    assert verdicts(outcomes)[Verdict.CORRECT] > 100


def test_bad_input_is_accepted_refused_or_ends_in_an_obscure_error():
    found = {each.composition: each for each in swept("lora", "bert", *BAD, attentions=["eager"])}
    assert found["a+b 4 -1"].verdict is Verdict.ACCEPTED
    assert found["a+b 2 2"].verdict is Verdict.REFUSED
    assert found["a:b without ids"].verdict is Verdict.ERROR
    assert found["a:b without ids"].place.startswith("adapters/methods/adapter_layer_base.py:")
    assert found["a+b tensor"].error.startswith("RuntimeError: Boolean value of Tensor")
    assert Verdict.CORRECT not in verdicts(found.values())
