"""The same program with one part weaker: it logs as Python does unless told otherwise. Started by a test."""

from __future__ import annotations

import asyncio
import logging
import os

from bot.app import run_bot
from bot.settings import load_settings

if __name__ == "__main__":
    logging.basicConfig(level="DEBUG")
    asyncio.run(run_bot(load_settings(os.environ)))
