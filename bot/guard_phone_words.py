"""The words around a number that say whether it is a phone number: what introduces one, and what counts, dates, times
or files something else."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PHONE_NOUNS = (
    r"tlf|telf|tlfnr|tlfnummer|telefon\w*|tel|mobil|mobilen|mobilnr|mobilnummer\w*|mobiltelefon\w*|mob|fastnet\w*|"
    r"hjemmenummer\w*|arbejdsnummer\w*|hemmeligt|nummer|nummeret|numre|nr på \w+|sms|sms'er|whatsapp|signal|viber|imo|"
    r"facetime|mobilepay|phone|telephone|cell|mobile|landline|number"
)
_PHONE_VERBS = r"ring|ringe|ringer|ringet|kald|sms|sms'e|smse|fanges|træffes|kontaktes|call|text|reach"
_PHONE_FILLERS = (
    r"nr|nummer|nummeret|numrene|no|number|er|hedder|har|is|på|til|at|on|ham|hende|dem|hans|hendes|deres|hos|mig|him|her|"
    r"them|his|their|min|sin|ny|nyt|nye|det|den|nu|igen|privat|arbejde|arb|work|home|privatnr|direkte|lige|bare|også|"
    r"enten|altid|now|new|again|mor|moren|far|faren|kæresten|søsteren|broren|naboen|lægen|kontaktpersonen|borgeren"
)
_OTHER = (
    r"sag|sagen|sags|sager|sagsnr|sagsnummer\w*|sagsid|journal|journalen|journalnr|journalnummer\w*|journalsag|j\.?\s?nr|"
    r"jr\.?\s?nr|jnr|akt|aktnr|dok|doknr|dokument\w*|bilag|ref|reference|referencenr|referencenummer|"
    r"cvr|cvrnr|p-?nr|p-?nummer|p\.?\s?nr|ean|faktura\w*|ordre\w*|ordrenr|bestilling\w*|kvittering\w*|serienr|"
    r"serienummer\w*|varenr|varenummer|matrikel\w*|klage\w*|bevilling\w*|kle|sagsbehandlingsnr|løbenr|løbenummer|"
    r"pakke\w*|sporingsnr|sporingsnummer|track\w*|booking\w*|bookingnr|"
    r"kl|klokken|uge|uger|ugerne|linje|linjerne|bus|busser|busserne|buslinje\w*|tog|toget|stue|stuerne|rum|lokale|lokalerne|"
    r"side|siderne|sider|version|udgave|lov|kapitel|dkk|kr|eur|beløb\w*|pris\w*|i alt|"
    r"case|file|invoice|order|line|lines|buses|room|rooms|week|weeks|page|pages|id|serial|receipt"
)
_OTHER_FILLERS = r"nr|nummer|nummeret|no|number|er|is|og|and|id|var|was|den|til|from"
_GAP = r"[^\w\n\[\]+(]{0,4}"

# Each ends where a number begins.
_BY_PHONE = re.compile(
    rf"(?<![^\W_])(?<!\[)(?:{_PHONE_NOUNS}|{_PHONE_VERBS}){_GAP}(?:(?<!\w)(?:{_PHONE_FILLERS})\b{_GAP}){{0,5}}(?=[+(\d])",
)
_BY_OTHER = re.compile(
    rf"(?:(?<![^\W_])(?<!\[)(?:{_OTHER})\b{_GAP}(?:(?<!\w)(?:{_OTHER_FILLERS})\b{_GAP}){{0,3}}|[§€$£#]{_GAP})(?=[+(\d])",
)
_COUNTED = re.compile(
    r"[ ]?(?:,-|,\d\d?(?!\d)|[%€$£‰]|(?:kr|kroner|dkk|euro?|procent|pct|percent|promille|mio|mia|millioner|km|"
    r"kilometer|meter|kg|gram|mg|ml|timer|minutter|min|sekunder|dage|uger|måneder|år|personer|borgere|mennesker|stk|stykker|"
    r"gange|hours|minutes|days|weeks|years|people|times|"
    r"(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w*)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Around:
    """Where in a text numbers begin that words introduce as phone numbers, and as other things."""

    text: str
    phones: frozenset[int]
    others: frozenset[int]

    def introduced(self, start: int) -> bool:
        """Tell whether what stands at ``start`` is said to be a phone number ("tlf. ", "ring til ham på "); the number
        of a case is not."""
        return start in self.phones and start not in self.others

    def something_else(self, start: int, end: int) -> bool:
        """Tell whether ``text[start:end]`` is said to be another thing: a case ("sag nr. "), a time, an amount."""
        return start in self.others or _COUNTED.match(self.text, end) is not None


def around(text: str) -> Around:
    """Look through ``text`` once."""
    small = text.lower()
    if len(small) != len(text):  # a letter that has no small one of its own: places count more than that word
        small = text
    return Around(
        text,
        frozenset(match.end() for match in _BY_PHONE.finditer(small)),
        frozenset(match.end() for match in _BY_OTHER.finditer(small)),
    )
