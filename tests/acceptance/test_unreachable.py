"""A citizen nobody can reach, as Anna lives it: a week of attempts, each a tap, until there is contact."""

from __future__ import annotations

from datetime import timedelta

from bot.practice.talk import Seen
from prompts import load_ladder
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

LADDER = load_ladder().words["da"]


async def reminder(stage: Stage, anna: Person, step: str) -> Seen:
    """Move the clock on, from one reminder to the next, until one of this step of the ladder stands in the chat."""
    name = LADDER.name(step)

    def shows_it(shown: list[Seen]) -> list[Seen]:
        return [one for one in shown if one.from_bot and "⏰" in one.text and name in one.text and one.buttons]

    while not (found := shows_it(await anna.hand.screen())):
        below = max(one.id for one in await anna.hand.screen())
        await stage.to_next_reminder()
        await anna.sees_below(below, lambda card: "⏰" in card.text)
    return found[-1]


async def test_a_week_without_an_answer(stage: Stage, anna: Person, lea: Person) -> None:
    """Nobody opens; three attempts are logged with one tap each from the reminders; the ladder proposes the visit and
    then the lead, who gets word; there is contact, the thread closes, and nothing more comes of it. What was done reads
    as a record."""
    hand = anna.hand
    await stage.at_work()
    opened = await stage.phone.now()
    await anna.debriefs("B07", "did_not_open")
    await anna.answers("reach_tried", "call")
    await anna.answers("absence_decision", "wait")
    await anna.answers("absence_reason", "nothing_yet")
    await anna.answers("next_contact", "no")
    await anna.presses("save")
    receipt = await anna.has_receipt()
    assert anna.words.plain("reach.to_thread") in receipt.labels

    first = await reminder(stage, anna, "first_try")
    assert anna.words.plain("reach.worried_no") in first.labels
    await hand.press(anna.words.plain("reach.worried_no"))
    await anna.sees(lambda shown: anna.words.plain("reach.worried_no") not in shown[-1].labels)
    before = hand.taps
    for step in ("first_try", "other_way", "visit_or_note"):
        seen = await reminder(stage, anna, step)
        await taps(anna, seen, *signs(anna))
        await anna.sees_below(seen.id, lambda card: "B07" in card.text)
    assert hand.taps - before == 3

    seen = await reminder(stage, anna, "lead")
    days = (await stage.phone.now() - opened) / timedelta(days=1)
    assert 6 <= days <= 8
    await taps(anna, seen, anna.words.plain("remind.open_thread"))
    await hand.press(anna.words.plain("reach.tell_lead"))
    await hand.press(anna.words.plain("reach.send"))
    await lea.reads("reach.lead_message", mentor="Anna", pseudonym="B07")

    await hand.press(anna.words.plain("reach.reached"))
    await reads_as_a_record(anna)
    await nothing_comes_but(stage, anna, "vand blomsterne")


def signs(anna: Person) -> list[str]:
    """The pictures of a call, a text and a visit: they stand on the buttons that log one."""
    return [anna.words.choice("reach_tried", one).split()[0] for one in ("call", "text", "visit")]


async def taps(anna: Person, card: Seen, *signs: str) -> None:
    """Presses the button of this card whose label has one of these in it."""
    data = dict(zip(card.labels, (one for row in card.data for one in row), strict=True))
    await anna.hand.press_data(
        card.id, next(data[label] for label in card.labels if any(sign in label for sign in signs))
    )


async def reads_as_a_record(anna: Person) -> None:
    """The log has the missed contact, each of the four attempts with date, time and result, who was told, and the
    contact; there is a line for the record system besides."""
    plain, nothing = anna.words.plain, anna.words.result("reach_tried", "no_answer")
    this_year = (await anna.phone.now()).year
    years = [f"{year} kl." for year in (this_year - 1, this_year)]
    await anna.hand.press(plain("reach.whole_log"))
    log = (await anna.sees_button(anna.words.button("back"))).text.splitlines()
    tries = [line for line in log if line.startswith("•")]
    assert len(tries) == 4 and all(any(year in line for year in years) for line in tries), log
    assert sum(nothing in line for line in tries) == 3, log  # and a text that was sent
    assert sum(line.count("kl.") for line in log) == 7, log  # the missed contact, the lead, and the contact as well
    await anna.presses("back")
    await anna.hand.press(plain("reach.for_record"))
    await anna.hand.wait_for(plain("reach.noun.visit"))


async def nothing_comes_but(stage: Stage, anna: Person, text: str) -> None:
    """Three weeks later the only reminder that has come is this one, which Anna asked for."""
    below = (await anna.hand.send(f"/paamind om 3 uger {text}"))[0]
    echo = await anna.sees_below(below, lambda card: text in card.text)
    mark = await anna.mark()
    await stage.phone.move(days=22)
    await anna.sees_below(echo.id, lambda card: "⏰" in card.text)
    sent = [call.text for call in await anna.calls(mark) if call.method == "sendMessage"]
    assert len(sent) == 1 and text in sent[0], sent
