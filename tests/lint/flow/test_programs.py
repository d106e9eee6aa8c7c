from __future__ import annotations

from flow_observation import unsound
from flow_programs import arguments, programs
from hypothesis import HealthCheck, given, settings

# The directory is written anew by every example.
same_directory = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@same_directory
@given(programs(loops=0), arguments)
def test_what_happens_in_branches_is_never_excluded(tmp_path, text, given_arguments):
    assert unsound(tmp_path, text, given_arguments) == []


@same_directory
@given(programs(loops=2), arguments)
def test_what_happens_in_loops_is_never_excluded(tmp_path, text, given_arguments):
    assert unsound(tmp_path, text, given_arguments) == []
