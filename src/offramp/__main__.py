"""``python -m offramp`` is the command ``offramp``."""

from __future__ import annotations

import sys

from offramp.cli import main

if __name__ == "__main__":
    sys.exit(main())
