from __future__ import annotations

import sys
from pathlib import Path

# The helpers beside these tests (flow_strategies.py, flow_observation.py) are plain modules.
sys.path.insert(0, str(Path(__file__).parent))
