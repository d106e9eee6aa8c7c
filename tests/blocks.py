"""Composition blocks like those of adapters, for tests that need no library."""

from __future__ import annotations


class Block(list):
    def __init__(self, *children):
        super().__init__(children)

    def flatten(self):
        return {
            name
            for child in self
            for name in ({child} if isinstance(child, str) else child.flatten())
        }


class Stack(Block): ...


class Parallel(Block): ...


class MultiTask(Block): ...


class Average(Block): ...


class BatchSplit(Block):
    def __init__(self, *children, batch_sizes):
        super().__init__(*children)
        self.batch_sizes = batch_sizes
