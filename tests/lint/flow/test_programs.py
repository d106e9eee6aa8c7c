from __future__ import annotations

from flow_observation import unsound
from flow_programs import arguments, programs
from hypothesis import HealthCheck, example, given, settings

# The directory is written anew by every example.
same_directory = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@same_directory
@given(programs(loops=0), arguments)
def test_what_happens_in_branches_is_never_excluded(tmp_path, text, given_arguments):
    assert unsound(tmp_path, text, given_arguments) == []


SLICED = """def f(n: int, sizes: list[int], flag):
    a, b, t, xs = 0, 1, 0, []
    for t in sizes:
        for t in sizes:
            xs = [x + a for x in xs]
        else:
            xs.append(a)
            a = b
    else:
        xs = xs[1:]
    {change}
    observe([a, b, n, len(xs), list(xs)])
"""
"""A list of which nothing is known may be a tensor, and what it is added to may be a list."""


@same_directory
@given(programs(loops=2), arguments)
@example(SLICED.format(change="pass"), {"n": 0, "sizes": [1, 2], "flag": False})
@example(SLICED.format(change="xs = xs + [a]"), {"n": 0, "sizes": [1], "flag": False})
@example(SLICED.format(change="xs += [a]"), {"n": 0, "sizes": [], "flag": False})
def test_what_happens_in_loops_is_never_excluded(tmp_path, text, given_arguments):
    assert unsound(tmp_path, text, given_arguments) == []
