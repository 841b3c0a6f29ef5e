"""All other wording: rendered, escaped, complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError, meta

from prompts import MessagesError, UnknownTextError, load_law, load_messages
from prompts.checks.markup import markup_problems
from prompts.messages import environment
from tests.unit.contact_log_pages import log_values
from tests.unit.guard_pages import guard_values
from tests.unit.guide_kit import DA_TEXTS, own_folder
from tests.unit.remind_pages import remind_values
from tests.unit.retention_pages import retention_values
from tests.unit.saw_pages import saw_values
from tests.unit.supervision_pages import supervision_values
from tests.unit.week_chat_pages import week_chat_values

LANGUAGES = ("da", "en")
ROLES = ("mentor", "lead", "admin", "coder")
EVIL = '<b>{{7*7}}</b> & "x" <script>'
TAG = re.compile(r"</?(?:b|i|u|s|code|blockquote)>")


def values(language: str) -> list[tuple[str, dict[str, Any]]]:
    """Every template with what the program gives it, in its variants, people's words being hostile."""
    line = [{"name": EVIL, "value": EVIL}]
    parts = ("todo", "log", "shared")
    receipt = {
        "assumed": line,
        "answered": line,
        "tidied": True,
        "check_in": True,
        "thread": "open",
        **{key: [EVIL] for key in parts},
    }
    empty: list[str] = []
    bare = {
        "assumed": empty,
        "answered": empty,
        "tidied": False,
        "check_in": None,
        "thread": "closed",
        **dict.fromkeys(parts, empty),
    }
    law = load_law(language)["child_report"]
    tidy = ("at_once", "at_end", "never")
    return [
        *(("enrol", {"name": EVIL, "role": r, "organisation": EVIL, "tidy": t}) for r in ROLES for t in tidy),
        ("enrol_coding", {}),
        *retention_values(EVIL),
        *(("welcome", {"name": EVIL, "role": role}) for role in ROLES),
        *(("help", {"role": role, "commands": [{"name": "stop", "description": EVIL}]}) for role in ROLES),
        *(("settings", {"tidy": t, "coding": coding}) for t in tidy for coding in (True, False, None)),
        *(("receipt", {"status": s, "pseudonym": EVIL, "record": EVIL, **receipt}) for s in ("saved", "stopped")),
        ("receipt", {"status": "closed", "pseudonym": None, "record": None, **bare}),
        ("preview", {"pseudonym": EVIL, "items": line}),
        ("preview", {"pseudonym": None, "items": []}),
        ("emergency", {"numbers": [{"name": EVIL, "number": "+45 00 00 00 00"}], "support": EVIL}),
        ("emergency", {"numbers": [], "support": None}),
        ("child_worry", {"law": law, "report_to": EVIL}),
        ("child_worry", {"law": law, "report_to": None}),
        *reach_values(line),
        *remind_values(EVIL),
        *supervision_values(EVIL),
        *week_chat_values(EVIL),
        *log_values(EVIL),
        *saw_values(EVIL),
        *guard_values(EVIL),
    ]


def reach_values(numbers: list[dict[str, str]]) -> list[tuple[str, dict[str, Any]]]:
    """The pages of contact threads and citizens, full and bare."""
    pages: list[tuple[str, str, dict[str, Any]]] = [
        ("reach_thread", "said without worry worried lead_told caseworker_told paused note", {"day": 3, "more": 2}),
        ("reach_closed", "said when note", {"end": "contact"}),
        ("reach_closed", "said when note", {"end": "archived"}),
        ("reach_closed", "said when note", {"end": "mistake"}),
        ("reach_log", "lead_told caseworker_told contact", {"opened": EVIL}),
        ("reach_worried", "support", {"numbers": [{"name": one["name"], "number": "112"} for one in numbers]}),
        ("reach_summary", "first last", {}),
        ("reach_citizens", "said", {"count": 1}),
        ("reach_citizen", "said days paused step when note", {"today": False, "open": True, "archived": True}),
    ]
    lines = [{"said": EVIL, "struck": [EVIL], "on": EVIL}, {"said": None, "struck": [EVIL], "on": EVIL}]
    step = {"name": EVIL, "do": EVIL, "why": EVIL, "when": None, "blocked": None, "consent": True}
    citizen = {"name": EVIL, "days": EVIL, "today": False, "open": True, "paused": None, "step": EVIL, "when": EVIL}
    same = {"pseudonym": EVIL, "name": EVIL, "rhythm": EVIL, "cap": 4}
    found: list[tuple[str, dict[str, Any]]] = []
    for name, optional, fixed in pages:
        full = {
            "agreed": [EVIL], "parts": [{"noun": EVIL, "count": 3, "results": EVIL}],
            "step": EVIL if name == "reach_citizen" else step,
            "lines": [citizen] if name == "reach_citizens" else lines,
        }  # fmt: skip
        bare: dict[str, Any] = {"agreed": [], "parts": [], "lines": [], "step": None}
        found.append((name, {**same, **full, **dict.fromkeys(optional.split(), EVIL), **fixed}))
        found.append((name, {**same, **bare, **dict.fromkeys(optional.split()), **fixed}))
    found.append(("reach_thread", {**found[0][1], "step": {**step, "when": EVIL, "blocked": EVIL}, "day": 0}))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_renders_and_escapes(language: str) -> None:
    """Whatever people wrote arrives as text: no tag of theirs, nothing evaluated, only Telegram's own tags, closed."""
    messages = load_messages(language=language)
    for name, given in values(language):
        text = messages.render(name, **given)
        assert "<script>" not in text and "49" not in text, name
        assert markup_problems(text.replace("{{7*7}}", "").replace("&lt;", "").replace("&gt;", "")) == [], name
        assert len(text) < 3500, name
        assert "\n\n\n" not in text, name
        assert "<" not in TAG.sub("", text), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_is_tried_above(language: str) -> None:
    """No template is left out of the test that renders them."""
    assert set(load_messages(language=language).templates) == {name for name, _ in values(language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_renders(language: str) -> None:
    """Every short text can be filled in, as HTML with the value escaped and as plain text with the value as it is."""
    messages = load_messages(language=language)
    for key, source in messages.texts.items():
        names = meta.find_undeclared_variables(environment().parse(source))
        given = dict.fromkeys(names, EVIL)
        try:
            html = messages.text(key, **given)
        except TypeError:  # it counts, and takes numbers only
            assert messages.text(key, **dict.fromkeys(names, 3)).strip(), key
            continue
        assert "<script>" not in html and "{%" not in html, key
        if "{{" in source and "{%" not in source and "join" not in source:
            assert "&lt;script&gt;" in html, key
            assert EVIL in messages.plain(key, **given), key


def test_a_missing_value_is_an_error() -> None:
    """A text that needs a name and gets none fails loudly instead of showing a gap."""
    with pytest.raises(UndefinedError):
        load_messages().text("lead.tell_now")


def test_an_unknown_text_is_an_error_that_names_it() -> None:
    """A misspelt key is named together with the language."""
    messages = load_messages(language="en")
    for ask in (messages.text, messages.plain, messages.render):
        with pytest.raises(UnknownTextError, match=r"'no\.such' in the language 'en'"):
            ask("no.such")
    assert messages.has("stranger") and not messages.has("no.such")


def test_own_texts_stand_in_one_by_one(tmp_path: Path) -> None:
    """A messages.yaml with one text replaces that text and leaves the others."""
    (tmp_path / "da").mkdir()
    (tmp_path / DA_TEXTS).write_text("stranger: Hej, du er gået forkert.\n", encoding="utf-8")
    own, shipped = load_messages(tmp_path), load_messages()
    assert own.text("stranger") == "Hej, du er gået forkert."
    assert own.text("group") == shipped.text("group")


@pytest.mark.parametrize("content", ["a: [", "stranger:\n", ""])
def test_texts_that_cannot_be_read_are_refused(content: str, tmp_path: Path) -> None:
    """A broken messages.yaml stops the start with a sentence that leads to the check."""
    (tmp_path / "da").mkdir()
    (tmp_path / DA_TEXTS).write_text(content, encoding="utf-8")
    with pytest.raises(MessagesError, match="eftertanke guide check"):
        load_messages(tmp_path)


def test_an_own_template_replaces_the_shipped_one(tmp_path: Path) -> None:
    """A *.html.j2 file is replaced whole."""
    folder = own_folder(tmp_path, "da/emergency.html.j2")
    (folder / "da" / "emergency.html.j2").write_text("Ring til vagten.\n", encoding="utf-8")
    assert load_messages(folder).render("emergency", numbers=[], support=None) == "Ring til vagten."


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_saying_yes_everything_is_told(language: str) -> None:
    """The enrolment names Telegram, the case file, 112, encryption, and the limits of "private"."""
    told = load_messages(language=language).render(
        "enrol", name="Anna", role="mentor", organisation="Prøvehuset", tidy="at_end"
    )
    wanted = {
        "da": ["Telegram læse", "journalen", "112", "krypteret", "Loven kan give andre ret", "holde øje", "40 timer"],
        "en": [
            "read by Telegram",
            "case file",
            "112",
            "encrypted",
            "law may give others",
            "keep an eye",
            "40 hours",
        ],
    }
    for words in wanted[language]:
        assert words in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_duty_to_report_is_the_mentor_s_own(language: str) -> None:
    """The card on a child says whose duty it is, by which section, and when that was last looked up."""
    law = load_law(language)["child_report"]
    card = load_messages(language=language).render("child_worry", law=law, report_to=None)
    assert "133" in card
    assert "2024" in card
    assert {"da": "din egen", "en": "your own"}[language] in card


def test_a_refused_code_gives_nothing_away() -> None:
    """Wrong, used and expired invitations share one sentence."""
    assert [key for key in load_messages().texts if key.startswith("enrol.")] == ["enrol.bad_code", "enrol.declined"]


def test_messages_are_never_klient() -> None:
    """The field says "borgeren"."""
    messages = load_messages()
    everything = "\n".join([*messages.texts.values(), *messages.templates.values()]).lower()
    assert "borger" in everything
    assert "klient" not in everything
