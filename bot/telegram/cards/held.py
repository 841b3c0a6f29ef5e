"""What stands on a debrief's card while the guard holds something back. Only ever the masked text is quoted."""

from __future__ import annotations

from bot.dialogue.events import Press
from bot.dialogue.guide import Kind, Question
from bot.dialogue.holding import NEVER_KEPT, followed, in_order, keeps_masked, maybe_false
from bot.dialogue.state import Mode
from bot.service.held_pages import kinds_said
from bot.service.replies import DebriefCard
from bot.telegram.cards.words import Words

QUOTE = 600  # letters of a typed answer shown on the card
PRESSES = (Press.KEEP_TYPED, Press.REPHRASE, Press.KEEP_MASKED, Press.FALSE_ALARM)
"""In the order of the keyboard, each in a row of its own."""


def lines(question: Question, card: DebriefCard, words: Words) -> list[str]:
    """What was found, how it would be stored, and what there is to choose; or: are you sure?"""
    draft = card.state.draft
    cpr = NEVER_KEPT in draft.kinds
    if draft.mode is Mode.SURE:
        return [words.text("guard.sure", cpr=cpr)]
    said = [words.text("guard.found", kinds=kinds_said(draft.kinds))]
    if keeps_masked(question, card.state) and not card.veiled:
        text = "\n".join(part.text for part in in_order(card.state))
        said.append(words.text("guard.would_be", text=cut(text, QUOTE)))
    if cpr:
        said.append(words.text("guard.never_cpr", others=maybe_false(draft)))
    if question.kind is Kind.CITIZEN:
        return [*said, words.text("guard.pseudonym")]
    return [*said, words.text("guard.followed" if followed(card.state) else "guard.choose")]


def key_of(press: Press, card: DebriefCard) -> str | None:
    """Another label for its button: what was written again already is not to be written once more."""
    return "let_go" if press is Press.REPHRASE and followed(card.state) else None


def cut(text: str, room: int) -> str:
    """At most ``room`` letters, with a sign that more is stored. Cut before escaping, so that no entity is torn."""
    return text if len(text) <= room else text[: room - 1] + "…"
