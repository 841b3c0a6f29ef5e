"""The weekly summary's benchmark still runs and fills what it says; how fast it is, is not asserted here."""

from __future__ import annotations

from pathlib import Path

from storage.sqlite import open_sqlite
from tests.benchmarks.week import as_data, measure_all
from tests.benchmarks.week_filling import KEY, fill, models


def test_both_spans_are_measured_for_each_number_of_teams(tmp_path: Path) -> None:
    """One year and five, and the ratio between them; nothing is left in the folder."""
    data = as_data(measure_all(6_000, 1, tmp_path, (1,)))
    rows = data["rows"]
    assert isinstance(rows, list) and [(row["teams"], row["years"]) for row in rows] == [(1, 1), (1, 5)]
    assert all(row["cold_ms"] > 0 and row["debriefs"] > 0 for row in rows)
    assert rows[1]["answers"] >= 6_000 > rows[0]["answers"] >= 1_200
    assert list(tmp_path.iterdir()) == []


async def test_the_years_are_filled_with_everything(tmp_path: Path) -> None:
    """Debriefs over all the years, follow-ups done and open, threads, attempts, wishes taken up."""
    stored = await fill(tmp_path / "w.db", 20_000, 5, 2, await models())
    db = await open_sqlite(tmp_path / "w.db", KEY, create=False)
    try:
        async with db.transaction() as tx:

            async def count(sql: str) -> int:
                row = await tx.one(f"SELECT count(*) AS n FROM {sql}")  # noqa: S608 - written here
                return int(row["n"]) if row else 0

            assert await count("answers") == stored >= 20_000
            years = await tx.all("SELECT DISTINCT substr(met_at, 1, 4) AS y FROM reflections ORDER BY 1")
            assert [row["y"] for row in years] == ["2021", "2022", "2023", "2024", "2025", "2026"]
            for part in ("followups WHERE status = 'open'", "followups WHERE status = 'done'", "contact_attempts",
                         "contact_threads", "supervision_taken", "citizens WHERE archived_at IS NULL"):  # fmt: skip
                assert await count(part) > 0, part
            wishes = await count("""answers WHERE question_id = 'supervision' AND value = '{"value": "next"}'""")
            assert wishes >= await count("supervision_taken")
    finally:
        await db.close()
