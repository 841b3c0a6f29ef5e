"""All other wording: is it there in every language, can it be filled in, and does Telegram show it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta

from prompts.checks.markup import markup_problems
from prompts.files import LANGUAGES, Folders
from prompts.messages import TEMPLATE_ENDING, Texts, environment, flatten, read_texts
from prompts.mistakes import Mistake
from prompts.yamlfile import Place

# Shown where no HTML is read: buttons, the small text a tap is answered with, Telegram's menu and profile.
PLAIN = ("button.", "note.", "followup.", "record.", "commands.", "bot.", "card.result", "error.contact")
# https://core.telegram.org/bots/api: answerCallbackQuery, setMyCommands, setMyShortDescription, setMyDescription.
# A button shows some 40 characters over the whole width of a phone.
LONGEST = (
    ("button.", 40),
    ("record.", 40),
    ("note.", 200),
    ("commands.", 256),
    ("bot.short_description", 120),
    ("bot.description", 512),
    ("", 3500),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text where it stands: ``line`` is that of its first line in ``file``; ``template``: a file of its own."""

    key: str
    source: str
    file: str
    line: int
    template: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is shown as it is."""
        return not self.template and self.key.startswith(PLAIN)

    def mistake(self, problem: str, remedy: str, line: int = 1) -> Mistake:
        """A mistake on the text's own ``line`` (from 1)."""
        return Mistake(self.file, self.line + line - 1, self.key, problem, remedy)


def check_texts(folders: Folders) -> list[Mistake]:
    """All mistakes in messages*.yaml and the ``*.html.j2`` files of every language."""
    mistakes: list[Mistake] = []
    texts: dict[str, dict[str, Text]] = {}
    for language in LANGUAGES:
        found, wrong = _texts(read_texts(folders, language))
        templates, unreadable = _templates(folders, language)
        mistakes += [*wrong, *unreadable]
        texts[language] = found | templates
        for text in texts[language].values():
            mistakes += _check_text(text)
    return [*mistakes, *_compare(texts)]


def text_keys(folders: Folders) -> frozenset[str]:
    """The keys of all short texts, in the first language."""
    found, _ = _texts(read_texts(folders, LANGUAGES[0]))
    return frozenset(found)


def _texts(read: Texts) -> tuple[dict[str, Text], list[Mistake]]:
    found: dict[str, Text] = {}
    mistakes: list[Mistake] = []
    for document in (*read.shipped, *read.own):
        own = document in read.own
        mistakes += document.mistakes
        places = {".".join(map(str, place)): place for place in document.lines}
        if not isinstance(document.data, dict):
            if not document.mistakes:
                mistakes.append(document.mistake((), "the file holds no texts", "write 'key: text', one a line"))
            continue
        for key, value in flatten(document.data).items():
            place: Place = places.get(key, ())
            if not isinstance(value, str) or not value.strip():
                problem = "the text is empty" if value in (None, "", {}) else "this must be a text"
                mistakes.append(document.mistake(place, problem, "write it, in quotes if it looks like something else"))
            elif own and key not in found:
                problem = f"the program has no text '{key}'"
                mistakes.append(document.mistake(place, problem, "remove it, or correct the key"))
            elif not own and key in found:
                problem = f"'{key}' stands in {found[key].file} already"
                mistakes.append(document.mistake(place, problem, "remove one of them"))
            else:
                found[key] = Text(key, value, document.file, document.line(place))
    return found, mistakes


def _templates(folders: Folders, language: str) -> tuple[dict[str, Text], list[Mistake]]:
    found: dict[str, Text] = {}
    mistakes: list[Mistake] = []
    for name in folders.names(language, TEMPLATE_ENDING):
        key = Path(name).name
        try:
            file = folders.read(name)
        except (OSError, UnicodeDecodeError) as error:
            mistakes.append(Mistake(name, 1, key, f"it cannot be read ({error})", "save it as readable UTF-8 text"))
            continue
        if file is not None:
            found[key] = Text(key, file.text, file.shown, 1, template=True)
    return found, mistakes


def _check_text(text: Text) -> Iterable[Mistake]:
    try:
        environment().parse(text.source)
    except TemplateSyntaxError as error:
        problem = f"the placeholders cannot be read ({error.message})"
        yield text.mistake(problem, "write {{ name }} or {% if name %}…{% endif %}", error.lineno)
        return
    if text.plain:
        if any(sign in text.source for sign in "<>&"):
            yield text.mistake("<, > or & stand in a text that is shown as it is", "write it without markup")
    else:
        for line, problem, remedy in markup_problems(text.source):
            yield text.mistake(problem, remedy, line)
    yield from _length(text)


def _length(text: Text) -> Iterable[Mistake]:
    longest = next(limit for prefix, limit in LONGEST if text.key.startswith(prefix))
    if len(text.source) > longest and not text.template:
        yield text.mistake(f"the text has {len(text.source)} characters", f"use at most {longest}")


def _compare(texts: dict[str, dict[str, Text]]) -> list[Mistake]:
    first, *others = LANGUAGES
    mistakes: list[Mistake] = []
    for other in others:
        for key in sorted(texts[first].keys() ^ texts[other].keys()):
            there, missing = (first, other) if key in texts[first] else (other, first)
            text = texts[there][key]
            problem = f"'{key}' is missing in the language '{missing}'"
            mistakes.append(text.mistake(problem, "write it there too, or remove it here"))
        for key in sorted(texts[first].keys() & texts[other].keys()):
            one, two = _placeholders(texts[first][key]), _placeholders(texts[other][key])
            if one is not None and two is not None and one != two:
                differing = ", ".join(sorted(one ^ two))
                problem = f"the placeholders differ from those in '{first}': {differing}"
                mistakes.append(texts[other][key].mistake(problem, "use the same ones in every language"))
    return mistakes


def _placeholders(text: Text) -> set[str] | None:
    try:
        return meta.find_undeclared_variables(environment().parse(text.source))
    except TemplateSyntaxError:
        return None
