"""What Python imports when a child process of ``shapeguard run`` starts: it puts the contracts in force.

The module of this name that the child would have found otherwise is executed as well. A child of
another environment, in which there is no shapeguard, runs as it is.
"""

from __future__ import annotations

import contextlib
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

sys.path[:] = [each for each in sys.path if Path(each) != Path(__file__).parent]

spec = PathFinder.find_spec("sitecustomize")
if spec is not None and spec.loader is not None:
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)

with contextlib.suppress(ImportError):
    from shapeguard.cli.inheritance import inherit

    inherit()
