"""What contracts cost: the subjects side by side in one run, so that ratios count and not clocks.

``python -m bench`` (in ``tests``) measures on the CPU and writes ``docs/benchmarks.md``;
``python -m bench --device cuda`` prints the step on a GPU and writes nothing.
"""
