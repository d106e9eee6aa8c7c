from __future__ import annotations

import sys
from pathlib import Path

# Tests are imported by path; the helpers beside them (models.py, blocks.py) are plain modules.
sys.path.insert(0, str(Path(__file__).parent))
