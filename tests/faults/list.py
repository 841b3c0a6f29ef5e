"""The rows themselves, with their release sizes."""

from __future__ import annotations

from tests.faults.rows import Part, Row, part

_YEARS = "tests/integration/test_reminder_years.py::"

ROWS = (
    Row(
        1,
        "kill -9 at random during debriefs",
        "nothing lost or doubled, every answer byte for byte, the right question next",
        10_000,
        (part("no_loss", "kill_minus_nine_loses_nothing", 100, 30, kills=100),),
        (part("no_loss", "the_twin_that_confirms_first_loses"),),
    ),
    Row(
        3,
        "kill -9 while reminders are sent",
        "none never sent, at most one repeated a kill",
        5_000,
        (part("reminders_kill", "no_reminder_is_forgotten", 50, 30, kills=100),),
        (part("reminders_kill", "the_twin_that_marks_first_forgets"),),
    ),
    Row(
        7,
        "a flipped bit in any page of the database file",
        "found before use or backup; never a silent new database",
        None,
        (
            part("flipped_bits", "a_flipped_bit_is_found_before_use_and_backup", 1, 45, flips="every"),
            part("flipped_bits", "a_flipped_bit_in_the_key_check_hides_nothing"),
        ),
        (part("flipped_bits", "the_twin_without_encryption_does_not_find_them"),),
    ),
    Row(
        8,
        "the clock jumps, both DST days, days asleep: ten years of a hundred people",
        "none missed, doubled or in quiet hours; late ones once, marked late",
        1_000,
        (Part(f"{_YEARS}test_ten_years_for_a_hundred_people"),),
        (Part(f"{_YEARS}test_weaker_programs_are_found_out"),),
    ),
    Row(
        9,
        "the Bot API in trouble: 429, 500, 502, broken off before and after, 401, 404, late",
        "nothing lost, nothing sent before retry_after, polling again within 30 s",
        None,
        (part("server_trouble", "bad_weather", 30),),
        (part("server_trouble", "the_twin_that_gives_up_loses"),),
    ),
    Row(
        18,
        "SQL, HTML, template, formula and log strings in every field",
        "stored and shown literally",
        None,
        (
            part("odd_strings", "odd_texts_stand_everywhere_as_they_were_written", 3),
            part("odd_strings", "the_twin_with_a_plain_log_is_found_out"),
        ),
        (
            part("odd_strings", "the_twin_without_escaping_is_found_out"),
            part("odd_strings", "the_twin_without_a_guard_against_formulas_is_found_out"),
        ),
    ),
    Row(
        19,
        "backup and restore during traffic",
        "what was acknowledged before is in it; nothing is said twice; who was erased stays erased",
        50,
        (part("backup_restore", "restored_it_has_everything_and_says_nothing_twice", 10, 20, backups=5),),
        (part("backup_restore", "the_twins_lose_and_repeat"),),
    ),
    Row(
        20,
        "rekey killed; wrong, missing and readable keys",
        "opens with the old key or the new; a wrong key changes no file",
        100,
        (part("rekey", "killed_anywhere_it_opens_and_ends", 4, rekeys=25),),
        (part("rekey", "the_twin_that_replaces_the_key_file_first_locks_everybody_out"),),
    ),
    Row(
        21,
        "migration from every released schema, killed half-way",
        "the same data; the rerun finishes",
        None,
        (part("migrations_killed", "killed_on_the_way_the_rerun_ends_it", 3, 20, migrations=12),),
        (part("migrations_killed", "the_twin_without_a_transaction_is_found_out"),),
    ),
    Row(
        22,
        "one marker for every secret, through everything at DEBUG",
        "in no log, stderr, temporary file, summary or backup in the clear",
        None,
        (part("canaries", "no_canary_is_where_it_must_not_be"),),
        (part("canaries", "the_twin_with_a_plain_log_is_found_out"),),
    ),
    Row(
        23,
        "several processes and one token",
        "one effect each; on a file the second leaves with a clear sentence, on PostgreSQL they share the work",
        None,
        (part("workers_killed", "killed_at_random_they_lose_nothing", 10, workers_seconds=60),),
        (part("workers_killed", "the_twin_that_takes_what_others_have_does_things_twice"),),
    ),
    Row(
        24,
        "every role with every command and button",
        "nobody sees what is not theirs",
        None,
        (part("role_matrix", "nobody_sees_what_is_not_theirs", 2, kills=200),),
        (part("role_matrix", "the_twin_that_always_says_yes"),),
    ),
)
