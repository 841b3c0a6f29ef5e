"""Guides and wording: data that can be changed without touching code, read and checked here.

What the rest of the program uses: ``load_guide``, ``load_messages``, ``load_law`` and their types.
"""

from prompts.codebook import Code, Codebook, CodebookError, load_codebook
from prompts.ladder import LadderError, LadderWords, LoadedLadder, load_ladder
from prompts.law import Law, Reference, load_law
from prompts.loading import GuideError, LoadedGuide, load_guide
from prompts.messages import Messages, MessagesError, UnknownTextError, load_messages
from prompts.wording import Wording

__all__ = [
    "Code",
    "Codebook",
    "CodebookError",
    "GuideError",
    "LadderError",
    "LadderWords",
    "Law",
    "LoadedGuide",
    "LoadedLadder",
    "Messages",
    "MessagesError",
    "Reference",
    "UnknownTextError",
    "Wording",
    "load_codebook",
    "load_guide",
    "load_ladder",
    "load_law",
    "load_messages",
]
