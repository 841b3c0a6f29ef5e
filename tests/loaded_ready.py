"""Loads what the program loads: imported by the process of which ``tests.ready`` makes copies."""

# ruff: noqa: F401 - loading them is what this is for

import gc
from datetime import UTC, datetime

import anyio._backends._asyncio  # these are loaded by httpx when it is used first
import anyio.to_thread
import certifi
import httpcore

import bot.app
import bot.cli
import bot.commands.run
from bot.workdays import danish_holidays

danish_holidays(datetime.now(UTC))  # the first question takes a quarter of a second, and the answer never changes
gc.freeze()  # what is loaded is not gone through again by every copy
