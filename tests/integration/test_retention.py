"""What goes by age and what stays, table by table."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from storage import outbox, reflections, retention_kinds
from storage.database import Transaction
from storage.ids import new_id
from storage.retention_people import NAMELESS
from storage.times import stamp
from tests.integration import engines
from tests.integration.retention_kit import AGES as _AGES
from tests.integration.retention_kit import DAY, OLD, RUN, VERY_OLD, YOUNG, Archive, aged, archive, leave
from tests.integration.storage_kit import answer, citizen


def _insert(tx: Transaction, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    tx.write(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())  # noqa: S608 - the test's own


async def test_somebody_thought_of_every_table(tmp_path: Path) -> None:
    """Each table of the schema has a decision, and each decision is about a table."""
    async with archive(tmp_path) as here, here.db.transaction() as tx:
        assert set(await engines.tables_of(tx)) == set(retention_kinds.KINDS)


async def _full(tx: Transaction, here: Archive, name: str, at: datetime) -> str:
    """A debrief with something in every table that hangs on one."""
    cast, day = here.cast, at + timedelta(hours=2)
    one = aged(tx, cast, at, text=name, card=int(at.timestamp()) % 100_000)
    wish = answer(one, "supervision", {"value": "next"})
    _insert(
        tx, "answers", id=wish.id, reflection_id=one.id, question_id="supervision", revision=1, kind="one", value="{}",
        text=name, skipped=0, assumed=0, answered_at=stamp(day), guide_version=3, guide_hash="hash",
        wording_hash="words", language="da", visibility="S",
    )  # fmt: skip
    ids = {table: f"{table}-{name}" for table in ("shares", "taken", "spoken", "coding", "import", "todo", "tick")}
    _insert(tx, "shares", id=ids["shares"], reflection_id=one.id, question_id="supervision", shared_at=stamp(day))
    _insert(
        tx, "supervision_reads", reader_id=cast.lea.id, share_id=ids["shares"], first_at=stamp(day), last_at=stamp(day)
    )
    _insert(
        tx, "supervision_taken", id=ids["taken"], reflection_id=one.id, wish_id=wish.id, lead_id=cast.lea.id,
        day="2024-12-01", remark=name, marked_at=stamp(day),
    )  # fmt: skip
    _insert(tx, "supervision_notices", reflection_id=one.id, lead_id=cast.lea.id, told_at=stamp(day))
    _insert(tx, "safety_spoken", id=ids["spoken"], reflection_id=one.id, lead_id=cast.lea.id, marked_at=stamp(day))
    _insert(tx, "coding_imports", id=ids["import"], file_hash=name, kind="csv", imported_at=stamp(day))
    _insert(
        tx, "codings", id=ids["coding"], import_id=ids["import"], reflection_id=one.id, question_id="outcome",
        revision=2, code="c", coder="Kaja", coded_at=stamp(day),
    )  # fmt: skip
    for kind, status, key in (("tell_lead", "open", "todo"), ("record_entry", "done", "tick")):
        _insert(
            tx, "followups", id=ids[key], mentor_id=cast.anna.id, reflection_id=one.id, question_id="outcome",
            kind=kind, text=name, status=status, created_at=stamp(day), closed_at=stamp(day), due_at=stamp(day),
        )  # fmt: skip
    series_of: dict[str, str | None] = {f"todo:{name}": ids["todo"], f"check_in:{one.id}": None}
    for series, todo in series_of.items():
        # Snoozed again and again: by its own age it would stay.
        _insert(
            tx, "reminders", id=new_id(day), person_id=cast.anna.id, followup_id=todo, kind="todo", series_key=series,
            due_at=stamp(day), send_at=stamp(RUN), status="pending", created_at=stamp(day),
        )  # fmt: skip
    _insert(tx, "chat_messages", chat_id=cast.anna.chat_id, message_id=int(at.timestamp()) % 90_000,
            reflection_id=one.id, typed_at=stamp(at))  # fmt: skip
    payload = json.dumps({"text": name, "buttons": []})
    outbox.queue_card(
        tx, chat_id=cast.anna.chat_id, card=f"debrief:{one.id}", payload=payload, fresh=False, now=RUN - DAY
    )
    return one.id


_HANGING = {
    "supervision_reads": "SELECT s.reflection_id FROM supervision_reads AS r JOIN shares AS s ON s.id = r.share_id",
    "shares": "SELECT reflection_id FROM shares",
    "supervision_taken": "SELECT reflection_id FROM supervision_taken",
    "supervision_notices": "SELECT reflection_id FROM supervision_notices",
    "safety_spoken": "SELECT reflection_id FROM safety_spoken",
    "codings": "SELECT reflection_id FROM codings",
    "todo": "SELECT reflection_id FROM followups WHERE status = 'open'",
    "reminders": "SELECT f.reflection_id FROM reminders AS r JOIN followups AS f ON f.id = r.followup_id",
    "check-ins": "SELECT substr(series_key, 10) FROM reminders WHERE series_key LIKE 'check_in:%'",
    "chat_messages": "SELECT reflection_id FROM chat_messages",
    "cards": "SELECT substr(card, 9) FROM cards WHERE card LIKE 'debrief:%'",
    "outbox": "SELECT substr(card, 9) FROM outbox WHERE card LIKE 'debrief:%'",
    "private answers": "SELECT DISTINCT reflection_id FROM answers WHERE visibility <> 'L'",
}


async def test_what_hangs_on_a_debrief_goes_with_its_answers(tmp_path: Path) -> None:
    """In every table: the young debrief keeps its row, the old and the very old one have none."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            ids = {name: await _full(tx, here, name, at) for name, at in _AGES.items()}
        for table, sql in _HANGING.items():
            assert {found for (found,) in await here.rows(sql)} == set(ids.values()), table
        await here.tick()
        for table, sql in _HANGING.items():
            assert {found for (found,) in await here.rows(sql)} == {ids["young"]}, table
        assert await here.rows("SELECT file_hash FROM coding_imports") == [("young",)]


async def test_the_log_keeps_its_part_as_long_as_was_agreed(tmp_path: Path) -> None:
    """Of the old debrief stay the answers for the log with what they said before, and that the record was written; of
    the very old one nothing."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            ids = {name: await _full(tx, here, name, at) for name, at in _AGES.items()}
        await here.tick()
        texts = await here.rows("SELECT text FROM answers WHERE reflection_id = ? ORDER BY id", ids["old"])
        assert texts == [("old first",), ("old again",)]
        assert await here.rows("SELECT kind, text FROM followups WHERE reflection_id = ?", ids["old"]) == [
            ("record_entry", None)
        ]
        assert {one for (one,) in await here.rows("SELECT id FROM reflections")} == {ids["young"], ids["old"]}
        assert await here.rows("SELECT debriefs, logs FROM retention_runs") == [(2, 1)]
        found = await here.rows("SELECT status, state, token FROM reflections WHERE id = ?", ids["old"])
        ((status, state, token),) = found
        assert status == "saved"
        assert "draft" not in json.loads(state)["draft"]
        assert "old draft" not in state
        async with here.db.transaction() as tx:
            assert await reflections.by_token(tx, token) is not None
        young = await here.rows("SELECT text FROM answers WHERE reflection_id = ? AND visibility = 'P'", ids["young"])
        assert young == [("young first",), ("young again",)]


async def test_a_debrief_that_is_being_written_waits_until_it_is_ended(tmp_path: Path) -> None:
    """Open and touched lately: it stays. Open and left for as long: it goes as a whole, for no log knows it."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            writing = aged(tx, here.cast, OLD, status="open")
            tx.write("UPDATE reflections SET touched_at = ? WHERE id = ?", stamp(RUN - DAY), writing.id)
            aged(tx, here.cast, OLD, status="aside")
        await here.tick()
        assert await here.rows("SELECT id FROM reflections") == [(writing.id,)]


async def test_threads_and_attempts_live_as_long_as_the_log(tmp_path: Path) -> None:
    """A thread goes when it ended before the log's limit; an open one with something young in it stays without its
    old attempts; notes for next time are private words and go with the answers."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            for name, at in _AGES.items():
                who = citizen(tx, here.cast.anna, name, VERY_OLD)
                for ended in (stamp(at), None):
                    id_ = f"{name}-{'closed' if ended else 'open'}"
                    _insert(
                        tx, "contact_threads", id=id_, citizen_id=who.id, mentor_id=here.cast.anna.id,
                        team_id=here.cast.nord.id, opened_at=stamp(VERY_OLD), closed_at=ended, worried=1,
                        state='{"a":1}',
                    )  # fmt: skip
                    for number, when in enumerate({VERY_OLD, at}):
                        _insert(
                            tx, "contact_attempts", id=f"{id_}{number}", thread_id=id_, citizen_id=who.id,
                            mentor_id=here.cast.anna.id, channel="call", result="no_answer", at=stamp(when),
                            logged_at=stamp(when),
                        )  # fmt: skip
                    _insert(
                        tx, "next_time_notes", id=id_, citizen_id=who.id, thread_id=id_, mentor_id=here.cast.anna.id,
                        text=name, written_at=stamp(at),
                    )  # fmt: skip
        await here.tick()
        threads = await here.rows("SELECT id, worried FROM contact_threads ORDER BY id")
        assert threads == [("old-closed", None), ("old-open", 1), ("young-closed", 1), ("young-open", 1)]
        kept = await here.rows("SELECT DISTINCT thread_id, at FROM contact_attempts ORDER BY thread_id")
        expected = [("old-closed", OLD), ("old-open", OLD), ("young-closed", YOUNG), ("young-open", YOUNG)]
        assert kept == [(name, stamp(at)) for name, at in expected]
        assert {text for (text,) in await here.rows("SELECT text FROM next_time_notes")} == {"young"}
        # Of the very old citizen nothing is left, but the name was used since: not yet gone.
        assert len(await here.rows("SELECT id FROM citizens")) == 2


async def test_what_hangs_on_no_debrief_goes_by_its_own_age(tmp_path: Path) -> None:
    """Own reminders, calls for the lead, messages that never went out, updates that failed, days away …: the old go,
    the young stay."""
    async with archive(tmp_path) as here:
        anna, lea = here.cast.anna, here.cast.lea
        async with here.db.transaction() as tx:
            for name, at in (("young", YOUNG), ("old", OLD)):
                when = stamp(at)
                _insert(tx, "followups", id=name, mentor_id=anna.id, kind="own", text=name, status="done",
                        created_at=when, closed_at=when)  # fmt: skip
                _insert(tx, "reminders", id=name, person_id=anna.id, kind="overdue", series_key=name, due_at=when,
                        send_at=when, status="sent", sent_at=when, created_at=when)  # fmt: skip
                _insert(
                    tx, "lead_calls", id=name, mentor_id=anna.id, team_id=here.cast.nord.id, kind="now", asked_at=when
                )
                _insert(tx, "lead_call_leads", call_id=name, lead_id=lea.id)
                _insert(
                    tx, "away", id=name, person_id=anna.id, from_day="2020-01-01", until_day=when[:10], created_at=when
                )
                _insert(tx, "asked", person_id=anna.id if name == "old" else lea.id, page="todo", what="x", at=when)
                _insert(tx, "week_files", id=name, person_id=lea.id, week=when[:7], kind="report", asked_at=when)
                _insert(tx, "my_data_asked", person_id=anna.id if name == "old" else lea.id, asked_at=when)
                _insert(tx, "weekly_sent", person_id=lea.id, week=when[:7], sent_at=when, late=0)
                _insert(
                    tx, "invites", id=name, code_hash=name, role="mentor", name=name, created_at=when, expires_at=when
                )
                _insert(tx, "enrolments", chat_id=len(name), telegram_id=1, invite_id=name, stage="read", language="da",
                        updated_at=when)  # fmt: skip
                _insert(
                    tx, "inbox", update_id=len(name), payload_hash=name, payload=name, received_at=when, status="dead"
                )
                _insert(tx, "outbox", chat_id=1, kind="send", payload=name, created_at=when, status="pending")
                _insert(tx, "retention_told", person_id=anna.id, run_on=when[:10], days=7, told_at=when)
                _insert(tx, "chat_messages", chat_id=1, message_id=len(name), typed_at=when)
        tables = (
            "followups", "reminders", "lead_calls", "lead_call_leads", "away", "asked", "week_files", "my_data_asked",
            "weekly_sent", "invites", "enrolments", "inbox", "outbox", "retention_told", "chat_messages",
        )  # fmt: skip
        for table in tables:
            assert await here.rows(f"SELECT count(*) FROM {table}") == [(2,)], table  # noqa: S608 - the test's own
        await here.tick()
        for table in tables:
            assert await here.rows(f"SELECT count(*) FROM {table}") == [(1,)], table  # noqa: S608 - the test's own
        for column, table in (("text", "followups"), ("series_key", "reminders"), ("id", "lead_calls"),
                              ("name", "invites"), ("payload", "inbox"), ("payload", "outbox")):  # fmt: skip
            assert await here.rows(f"SELECT {column} FROM {table}") == [("young",)]  # noqa: S608 - the test's own


async def test_citizens_go_when_nothing_is_left_about_them(tmp_path: Path) -> None:
    """Unused for as long and without a trace: gone. Used since, or still in a log: there."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            for name in ("gone", "used", "logged"):
                citizen(tx, here.cast.anna, name, VERY_OLD)
            tx.write("UPDATE citizens SET used_at = ? WHERE pseudonym = 'used'", stamp(YOUNG))
            one = aged(tx, here.cast, OLD)
            tx.write(
                "UPDATE reflections SET citizen_id = (SELECT id FROM citizens WHERE pseudonym = 'logged') WHERE id = ?",
                one.id,
            )
        await here.tick()
        assert await here.rows("SELECT pseudonym FROM citizens ORDER BY pseudonym") == [("logged",), ("used",)]


async def test_who_left_long_ago_and_left_nothing_becomes_nameless(tmp_path: Path) -> None:
    """Bo left before everything that is kept: no name, no account, no consent. Anna has something in the log, Lea left
    lately, Sif is here: they keep their names. Exports still count four people."""
    async with archive(tmp_path) as here:
        cast = here.cast
        async with here.db.transaction() as tx:
            for person, at in ((cast.bo, VERY_OLD), (cast.anna, VERY_OLD), (cast.lea, OLD)):
                await leave(tx, person.id, at)
            _insert(tx, "consents", id="c", person_id=cast.bo.id, kind="use", given=1, at=stamp(VERY_OLD))
            _insert(tx, "guard_names", id="g", person_id=cast.bo.id, name="x", name_key="x", added_at=stamp(VERY_OLD))
            _insert(tx, "person_hours", person_id=cast.bo.id, weekdays="0", opens="08:00", closes="09:00",
                    updated_at=stamp(VERY_OLD))  # fmt: skip
            _insert(tx, "invites", id="i", code_hash="i", role="mentor", name="Bo", created_at=stamp(VERY_OLD),
                    expires_at=stamp(VERY_OLD), used_by=cast.bo.id)  # fmt: skip
            aged(tx, cast, OLD)
        await here.tick()
        rows = await here.rows(
            "SELECT name, telegram_id < 0 AS no_account, chat_id < 0 AS no_chat FROM people ORDER BY id"
        )
        assert rows == [("Anna", 0, 0), (NAMELESS, 1, 1), ("Lea", 0, 0), ("Sif", 0, 0)]
        for table in ("consents", "guard_names", "person_hours", "invites"):
            assert await here.rows(f"SELECT * FROM {table}") == [], table  # noqa: S608 - the test's own
        await here.tick(RUN + 40 * DAY)
        assert len(await here.rows("SELECT id FROM people")) == 4
