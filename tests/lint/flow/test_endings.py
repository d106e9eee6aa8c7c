"""Ends: calls that never return, and those that return only where a condition holds."""

from __future__ import annotations

import pytest
from flow_observation import happened, observed

from shapeguard.lint.flow.domain.predicates import equal, every, less, negate
from shapeguard.lint.flow.domain.terms import ONE, ZERO, number, symbol
from shapeguard.lint.flow.events import Divide

HEAD = """
import argparse
import os
import sys
import typing
from sys import exit as leave
from typing import NoReturn

import pytest
import torch
from other import asked

def never() -> NoReturn:
    for each in asked():
        each()

def ends():
    print("end")
    sys.exit(1)

ap = argparse.ArgumentParser()

class Case:
    def never(self) -> typing.Never:
        self.handle()

    def ends(self):
        print("end")
        sys.exit(1)

    def default(self):
        print("to be overridden")
        raise NotImplementedError

"""
N = symbol("n", low=None)
METHOD = "    def f(self, n: int, parser, logger):\n"


def in_method(*lines):
    return HEAD + METHOD + "".join(f"        {line}\n" for line in lines) + "        observe([n])\n"


@pytest.mark.parametrize(
    "leaves",
    [
        "exit()",
        "quit(1)",
        "leave()",
        "sys.exit('nothing')",
        "os._exit(1)",
        "os.abort()",
        "os.execv('a', [])",
        "typing.assert_never(n)",
        "pytest.skip('nothing')",
        "pytest.fail('nothing')",
        "pytest.exit('nothing')",
        "parser.error('nothing')",
        "self.arg_parser.exit(2)",
        "self.skipTest('nothing')",
        "self.fail()",
        "never()",
        "ends()",
        "self.never()",
        "self.ends()",
    ],
)
@pytest.mark.parametrize(
    "test", ["if n == 0: {}", "n == 0 and {}", "n != 0 or {}", "{} if n == 0 else 1"]
)
def test_nothing_is_behind_what_never_returns(tmp_path, leaves, test):
    (event,) = observed(tmp_path, in_method(test.format(leaves)), name="Case.f")
    assert negate(equal(N, ZERO)) in event.facts


def test_a_parser_is_known_by_what_made_it(tmp_path):
    text = in_method("given = argparse.ArgumentParser()", "if n == 0: given.error()")
    (event,) = observed(tmp_path, text, name="Case.f")
    assert every(event.facts) == negate(equal(N, ZERO))


@pytest.mark.parametrize(
    "goes_on",
    [
        "logger.error('nothing')",
        "self.logger.error('nothing')",
        "logger.fail()",
        "self.default()",
        "sys.exit",
        "asked()",
        "(lambda: sys.exit())",
    ],
)
def test_behind_another_call_it_goes_on(tmp_path, goes_on):
    (event,) = observed(tmp_path, in_method(f"if n == 0: {goes_on}"), name="Case.f")
    assert negate(equal(N, ZERO)) not in event.facts


@pytest.mark.parametrize(
    ("asserts", "holds"),
    [
        ("torch._check(n > 0)", less(ZERO, N)),
        ("self.assertTrue(n)", negate(equal(N, ZERO))),
        ("self.assertTrue(n > 0, 'text')", less(ZERO, N)),
        ("self.assertFalse(n < 1)", less(ZERO, N)),
        ("self.assertEqual(n, 3)", equal(N, number(3))),
        ("self.assertNotEqual(n, 0)", negate(equal(N, ZERO))),
        ("self.assertGreater(n, 1)", less(ONE, N)),
        ("self.assertGreaterEqual(n, 1)", less(ZERO, N)),
        ("self.assertLess(0, n)", less(ZERO, N)),
        ("self.assertLessEqual(1, n)", less(ZERO, N)),
        ("self.assertIn(n, [1])", equal(N, ONE)),
    ],
)
def test_an_assertion_that_is_called_holds_behind_it(tmp_path, asserts, holds):
    (event,) = observed(tmp_path, in_method(asserts), name="Case.f")
    assert every(event.facts) == holds


def test_behind_an_assertion_that_something_is_there_it_is_not_none(tmp_path):
    lines = ("given = None if n else logger", "self.assertIsNotNone(given)")
    (event,) = observed(tmp_path, in_method(*lines), name="Case.f")
    assert equal(N, ZERO) in event.facts


@pytest.mark.parametrize("refused", ["raise ValueError", "sys.exit(1)", "never()"])
@pytest.mark.parametrize("test", ["if n == 0: {}", "if n == 0:\n            {}"])
def test_what_is_refused_is_not_believed_to_happen(tmp_path, refused, test):
    lines = ("if parser:", "    " + test.format(refused).replace("    " * 3, "    " * 4), "1 / n")
    events = happened(tmp_path, in_method(*lines), name="Case.f")
    (division,) = (each for each in events if isinstance(each, Divide))
    assert equal(N, ZERO) not in division.moment.tests


@pytest.mark.parametrize("raises", ["pytest.raises(ValueError)", "self.assertRaises(ValueError)"])
def test_behind_what_must_raise_it_goes_on(tmp_path, raises):
    text = in_method(f"with {raises}:", "    raise ValueError")
    assert len(observed(tmp_path, text, name="Case.f")) == 1
