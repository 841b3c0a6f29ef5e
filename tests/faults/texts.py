"""What invented mentors write: each text carries a marker that occurs nowhere else, in everything a phone can type."""

from __future__ import annotations

import random
import re

from bot.practice.limits import TEXT_UNITS, units

LETTERS = "bcdfghjklmnpqrstvwxz"
MARK = "zqxj"
MARKER = re.compile(f"{MARK}[{LETTERS}]{{6}}")
HELD = "999999-9999"
"""Looks like a CPR number and is none: no month has the number 99."""

_AROUND = (
    "{} – helt almindelig tekst om et møde, med æøå ÆØÅ.",
    "👩🏽‍🤝‍👨🏻 {} 🇩🇰 🙂‍↔️ mødet gik fint, vi grinede 😂😂",
    "‏שלום {} مرحبا بك‎ og så på dansk igen",
    "\"{}\" 'citat' »indre« „ude“ `kode` \\n \\ %s %(x)s {{0}}",
    "<b>{{7*7}}</b> {} <script>alert(1)</script> &amp; &lt;i&gt;",
    "{}'); DROP TABLE answers;-- \" OR 1=1 og lidt mere",
    "=SUM(A1:A9) {} @ kommando +1 -2 og lidt til om mødet",
    "a\u030a \u0061\u0308 \ufb01 {} decomposed e\u0301 og \u200bnul\u200b-bredde \u00ad blød",
    "første linje {}\nanden linje\n\n\tindrykket\ttredje\u00a0hård",
    "ÆØÅ\u2028{}\u2029 sære linjeskift \u2066isoleret\u2069 og slut",
    "☎️ ring kl. 9, {} 1️⃣2️⃣3️⃣ og ½ + ¼ = ¾ ok",
)  # fmt: skip
_NAMES = ("Sten", "Kilde", "Ørn", "Fyr")


class Texts:
    """Makes them, one after the other, from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._count = 0
        self.markers: list[str] = []

    def marker(self) -> str:
        """Give a new marker: lower-case letters only, so that no guard takes it for a number."""
        self._count += 1
        number, letters = self._count, ""
        for _ in range(6):
            number, rest = divmod(number, 20)
            letters += LETTERS[rest]
        self.markers.append(MARK + letters)
        return self.markers[-1]

    def text(self) -> str:
        """Give a text of over thirty characters with a new marker in it; one in forty is as long as can be."""
        text = self._chance.choice(_AROUND).replace("{}", self.marker())
        if self._chance.random() < 1 / 40:
            return text + "æ" * (TEXT_UNITS - units(text))
        return f"{text} … og lidt mere om det hele"

    def held(self) -> str:
        """Give a text that the guard must hold back."""
        return f"Hun sagde {HELD} {self.marker()} og gik"

    def pseudonym(self) -> str:
        """Give a new name for a citizen, of a fixed form: none is part of another."""
        return f"{self._chance.choice(_NAMES)} {self.marker()}"
