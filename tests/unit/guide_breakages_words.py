"""Edits that break the wording, and what must be said about each."""

from __future__ import annotations

from tests.unit.guide_breakages import Broken
from tests.unit.guide_kit import DA, DA_TEXTS, EN

WORDS = [
    Broken(
        "question without words",
        DA,
        "  distance:\n    ask: Hvor tæt på stod du i dag?\n    short: Tæt på eller langt fra\n",
        "  distanc:\n    ask: Hvor tæt på stod du i dag?\n    short: Tæt på eller langt fra\n",
        "'distance' has no wording",
        "add 'distance:'",
        after=None,
    ),
    Broken("words without a question", EN, "  distance:", "  distanc:", "no question 'distanc'", "remove it"),
    Broken(
        "choice without words",
        DA,
        "      by_chance: Mødtes tilfældigt\n",
        "",
        "the choice 'by_chance' has no wording",
        "add 'by_chance:'",
        after=None,
    ),
    Broken("words without a choice", EN, "      acute: ", "      akut: ", "no choice 'akut'", "correct its id"),
    Broken("theme without words", DA, "  absence: Fravær", "  absense: Fravær", "no theme 'absense'", "remove it"),
    Broken("empty words", DA, "ask: Hvad skete der?", "ask:", "'ask' is empty", "write a text"),
    Broken("blank words", DA, "ask: Hvad skete der?", 'ask: "  "', "the text is empty", "write it"),
    Broken(
        "button too long", DA, "acute: ⚡ Akut samtale", f"acute: {'meget ' * 8}akut", "the button has", "at most 40"
    ),
    Broken(
        "question too long",
        DA,
        "ask: Hvad skete der?",
        f"ask: {'Hvad skete der? ' * 40}",
        "the text has",
        "at most 600",
    ),
    Broken(
        "two buttons alike",
        DA,
        "acute: ⚡ Akut samtale",
        "acute: Kort møde",
        "two buttons say 'Kort møde'",
        "told apart",
    ),
    Broken("scale without an end", DA, "    low: let\n", "", "'low' is missing", "add it", after=None),
    Broken(
        "scale end elsewhere",
        DA,
        "short: Kontakten",
        "short: Kontakten\n    low: lav",
        "'low' does nothing here",
        "remove it",
        1,
    ),
    Broken("four steps", DA, "steps: [let, til at være i,", "steps: [let,", "at least 5 items", "correct it"),
    Broken(
        "placeholder in a guide",
        DA,
        "ask: Hvad skete der?",
        "ask: Hvad skete der, {{ name }}?",
        "take no placeholders",
        "the text itself",
    ),
    Broken(
        "placeholder unreadable",
        DA_TEXTS,
        "{{ mentor }} beder dig ringe nu, efter et møde. Der",
        "{{ mentor beder dig. Der",
        "placeholders cannot be read",
        "{{ name }}",
    ),
    Broken(
        "placeholders differ",
        DA_TEXTS,
        "{{ mentor }} beder dig ringe nu, efter et møde. Der",
        "{{ who }} beder dig ringe. Der",
        "placeholders differ",
        "every language",
        after=None,
    ),
    Broken(
        "unknown text",
        DA_TEXTS,
        "  not_yours:",
        "  not_your:",
        "the program has no text 'note.not_your'",
        "correct the key",
    ),
    Broken(
        "empty text",
        DA_TEXTS,
        "stranger: Hej. Eftertanke er kun for dem, der har fået en invitation på deres arbejde.",
        "stranger:",
        "the text is empty",
        "write it",
    ),
    Broken("tag not closed", DA_TEXTS, "<b>Dine svar</b>", "<b>Dine svar", "<b> is never closed", "</b>"),
    Broken(
        "tag Telegram does not know", DA_TEXTS, "<b>Dine svar</b>", "<h1>Dine svar</h1>", "does not show <h1>", "<b>"
    ),
    Broken("bare ampersand", DA_TEXTS, "<b>Dine svar</b>", "Dine & mine svar", "a bare <, > or &", "&amp;"),
    Broken(
        "markup in a button",
        DA_TEXTS,
        "enrol_no: Nej tak",
        "enrol_no: <b>Nej tak</b>",
        "shown as it is",
        "without markup",
    ),
    Broken(
        "toast too long", DA_TEXTS, "not_yours: Den knap", f"not_yours: {'Den knap ' * 30}", "characters", "at most 200"
    ),
]
