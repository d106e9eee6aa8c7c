"""``python -m shapeguard`` and the console script."""

from __future__ import annotations

from shapeguard.cli import main

if __name__ == "__main__":
    main()
