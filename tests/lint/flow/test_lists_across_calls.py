"""Lists that one function fills and another one needs: what is known of them comes through the call."""

from __future__ import annotations

import textwrap

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.evidence.emptiness import may_be_empty


def joins(tmp_path, text, name="f"):
    """Return for each joined list whether there is evidence that it has no member."""
    program = f"import torch\n{textwrap.dedent(text)}"
    found = [event for event in happened(tmp_path, program, name) if isinstance(event, Join)]
    assert found
    return [may_be_empty(each.members, each.moment) is not None for each in found]


FILLED = {
    "in two loops": """
        def kept(groups):
            found = []
            for group in groups:
                for each in group:
                    if each.grad is not None:
                        found.append(each.grad)
            return found

        def f(groups):
            return torch.stack(kept(groups))
        """,
    "in three loops, with continue": """
        def kept(model):
            found = []
            for part in model:
                for group in part:
                    for each in group:
                        if each.frozen:
                            continue
                        found.append(each)
            return found

        def f(model):
            rows = kept(model)
            return torch.cat(rows)
        """,
    "one of two lists": """
        def parted(groups):
            these, those = [], []
            for group in groups:
                for each in group:
                    if each.shared:
                        these.append(each)
                    else:
                        those.append(each)
            return these, those

        def f(groups):
            these, _ = parted(groups)
            norms = []
            for each in these:
                norms.append(each.norm())
            return torch.stack(norms)
        """,
    "in a method": """
        class Clip:
            def grads(self):
                found = []
                for group in self.groups:
                    for each in group:
                        if each.grad is not None:
                            found += [each.grad]
                return found

            def norm(self):
                return norm_of(tensors=self.grads())

        def norm_of(tensors):
            return torch.stack([each.norm() for each in tensors])
        """,
    "of a key": """
        def f(groups):
            kept = {name: [e for e in each if e.ok] for name, each in groups.items()}
            for name, members in kept.items():
                joined(members)

        def joined(members):
            return torch.cat(members)
        """,
}
FULL = {
    "each adds": """
        def kept(groups):
            found = []
            for group in groups:
                for each in group:
                    if each.shared:
                        found.append(each.twin)
                    else:
                        found.append(each)
            return found

        def f(groups):
            return torch.stack(kept(groups))
        """,
    "the outer loop adds as well": """
        def f(groups):
            for group in groups:
                found = [group[0]]
                for each in group:
                    if each.ok:
                        found.append(each)
                torch.stack(found)
        """,
    "nothing left is refused": """
        def kept(groups):
            found = []
            for group in groups:
                for each in group:
                    if each.ok:
                        found.append(each)
            if not found:
                raise ValueError
            return found

        def f(groups):
            return torch.stack(kept(groups))
        """,
    "the callee asks": """
        def joined(members):
            return torch.stack(members) if len(members) else torch.zeros(0)

        def f(groups):
            found = []
            for group in groups:
                for each in group:
                    if each.ok:
                        found.append(each)
            return joined(found)
        """,
    "a list of the same length is asked": """
        def f(groups):
            names, found = [], []
            for group in groups:
                for each in group:
                    if each.ok:
                        names.append(each.name)
                        found.append(each)
            if not names:
                return None
            return torch.stack(found)
        """,
}


@pytest.mark.parametrize("text", FILLED.values(), ids=FILLED.keys())
def test_a_list_filled_under_a_condition_may_be_empty_where_it_is_joined(tmp_path, text):
    name = "Clip.norm" if "class Clip" in text else "f"
    assert any(joins(tmp_path, text, name))


@pytest.mark.parametrize("text", FULL.values(), ids=FULL.keys())
def test_a_list_that_is_filled_or_asked_about_is_not(tmp_path, text):
    assert not any(joins(tmp_path, text))


@pytest.mark.parametrize("flag", ["FAST", "lib.FAST", "unheard_of"])
def test_both_sides_of_a_flag_that_is_defined_elsewhere_are_possible(tmp_path, flag):
    program = f"""
        import lib
        FAST = False

        def switch():
            global FAST
            FAST = True

        def f(xs):
            rows = [x for x in xs if x.ok]
            if {flag}:
                return torch.cat(rows)
            return torch.stack(rows)
        """
    assert joins(tmp_path, program) == [True, True]


def test_a_name_that_an_import_may_have_left_out_may_be_none(tmp_path):
    program = """
        try:
            from apex import fused
        except ImportError:
            fused = None

        def f(xs):
            rows = [x for x in xs if x.ok]
            if fused is not None:
                return fused(rows)
            return torch.stack(rows)
        """
    assert joins(tmp_path, program) == [True]


def test_what_sets_a_property_does_not_replace_what_reads_it(tmp_path):
    program = """
        class Optimizer:
            @property
            def grads(self):
                return [each.grad for each in self.parameters if each.grad is not None]

            @grads.setter
            def grads(self, new):
                self.parameters = new

            @grads.deleter
            def grads(self):
                self.parameters = []

            def norm(self):
                return torch.stack(self.grads).norm()

            def guarded(self):
                grads = self.grads
                return torch.stack(grads).norm() if grads else 0
        """
    assert any(joins(tmp_path, program, "Optimizer.norm"))
    assert not any(joins(tmp_path, program, "Optimizer.guarded"))


def test_an_alternative_is_joined_only_where_it_is_the_value(tmp_path):
    program = """
        def f(xs, some):
            rows = xs
            if some:
                rows = [x for x in xs if x.ok]
                if not rows:
                    return None
            norms = torch._foreach_norm(rows)
            return torch.stack(norms)
        """
    assert not any(joins(tmp_path, program))
    unguarded = program.replace("if not rows", "if len(rows) > 5")
    assert any(joins(tmp_path, unguarded))
