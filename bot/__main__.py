"""``python -m bot``: the same as ``eftertanke``."""

import sys

from bot.cli import main

sys.exit(main())
