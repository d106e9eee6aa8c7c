"""What contracts and a check cost: subjects side by side in one run, so that ratios count and not clocks.

``python -m bench`` (in ``tests``) measures on the CPU and writes ``docs/benchmarks.md`` and
``docs/scale.md``; ``--only check`` or ``--only contracts`` measures one group and keeps the sections of
the other. ``--tree NAME=PATH`` compares a check of other code with other tools and writes nothing;
``--device cuda`` prints the step on a GPU and writes nothing.
"""
