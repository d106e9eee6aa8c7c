from __future__ import annotations

import os
import sys
from pathlib import Path

# The models are tiny: a second thread of torch waits longer than it works, the more so where another
# process has the other core. Subprocesses inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Tests are imported by path; the helpers beside them (models.py, blocks.py) are plain modules.
sys.path.insert(0, str(Path(__file__).parent))
