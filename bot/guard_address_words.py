"""The words that Danish street names are made of, and those that only look like street names."""

from __future__ import annotations

import re

from bot.guard_plain import words

_STREET = (
    r"vej|vejen|gade|gaden|stræde|strædet|straede|straedet|allé|alléen|boulevard|boulevarden|gyde|gyden|vænget?|"
    r"vaenget?"
)
_PLACE = (
    r"pladsen?|plads|torv|torvet|park|parken|bakken?|vang|vangen|sving|svinget|haven?|haverne|toft|toften|høj|højen|hoejen|"
    r"kaj|kajen|kvarter|kvarteret|lund|lunden|eng|engen|ager|ageren|krog|krogen|dal|dalen|mark|marken|holm|holmen|løkken?|"
    r"lykken?|kær|kæret|brink|brinken|skrænt|skrænten|åsen|banken|gård|gården|gaard|gaarden|skov|skoven|minde|hegn|hegnet|"
    r"diget|passagen|mosen?|sletten?|bro|broen|sti|stien|ringen|kollegiet|kollegium|"
    r"bryggen?|kanal|promenaden?|rækken|buen|porten|bryn|brynet"
)
_ABBREVIATED = r"gd|vj|brog|pl|blvd|str"

# "Nørregade", "kastanjealle" (but not "Kalle"); "Nørregd."
_STREET_NAME = re.compile(rf"(?:[^\W\d_]{{2,}}|[åø])(?:{_STREET})|[^\W\d_]{{3,}}alle(?:en)?", re.IGNORECASE)
_STREET_ABBREVIATED = re.compile(rf"[^\W\d_]{{3,}}(?:{_ABBREVIATED})", re.IGNORECASE)
# "Rosenhaven"; what is shorter before the ending makes everyday words as well ("klager"), but for these.
_PLACE_NAME = re.compile(rf"(?:[^\W\d_]{{3,}}|ny|by|sø|[åø])(?:{_PLACE})", re.IGNORECASE)
# "Peter Bangs Vej": the last word stands by itself.
_LAST_WORD = re.compile(rf"(?:{_STREET}|{_PLACE}|alle|parkvej|ringvej|landevej|nytorv)", re.IGNORECASE)
# "Ved Kirken", "Ved Stadion": what a street lies by. Other nouns have no capital in Danish.
_LANDMARK = re.compile(r"[^\W\d_]{2,}(?:en|et)|åen|stadion|station|kirke|fort", re.IGNORECASE)
_SURE_LAST_WORD = re.compile(r"allé|boulevard|stræde|straede|parkvej|ringvej", re.IGNORECASE)
# "Torvet 5" can be the whole name, "plads 5" cannot.
_WHOLE_NAME = re.compile(
    r"torvet|vænget|parken|bakken|højen|svinget|kajen|havnen|strøget|gyden|strædet|stræde|haven|lunden|toften|krogen|"
    r"engen|marken|vangen|kæret|boulevarden|alléen|hovedgaden|stranden|åen|volden",
    re.IGNORECASE,
)

NO_STREETS = words(
    """
    motorvej motorvejen hovedvej landevej genvej genvejen omvej omvejen udvej udvejen hjemvej hjemvejen afvej
    cykelvej cykelvejen sidevej sidevejen sidegade sidegaden blindvej adgangsvej grusvej gågade gågaden
    handelsgade brigade brigaden indfaldsvej tilkørselsvej luftvej urinvej behandlingsvej klagevej tjenestevej
    karrierevej uddannelsesvej børnehave børnehaven kolonihave kolonihaven baghave baghaven forhave forhaven
    køkkenhave gårdhave gårdhaven legeplads legepladsen parkeringsplads parkeringspladsen arbejdsplads
    arbejdspladsen praktikplads praktikpladsen læreplads lærepladsen elevplads sengeplads sengepladsen døgnplads
    døgnpladsen byggeplads byggepladsen campingplads campingpladsen rasteplads rastepladsen holdeplads
    genbrugsplads genbrugspladsen spiseplads siddeplads ståplads bordplads markedsplads førsteplads andenplads
    tredjeplads botilbudsplads aflastningsplads institutionsplads bostøtteplads ventelisteplads studieplads
    vuggestueplads dagplads natplads soveplads togplads busplads p-plads skolegård skolegården kirkegård
    kirkegården baggård baggården bondegård bondegården banegård banegården herregård teenager teenageren
    manager manageren passager passageren danmark københavn bornholm stockholm dreng drengen plejeseng
    plejesengen hospitalsseng sovepladsen gangbro gangbroen jernbanebro jernbanebroen skateparken skatepark
    bilpark maskinpark vognpark dyrepark forlystelsespark telemark finmark samtykke ulykke ulykken lykke lykken
    lastbil frokostkvarter spillekvarter halvkvarter middagsstien skandale vandal pokal lokal sandal medalje
    koncentrationslejr tilflugtsstien påbroen frikvarter frikvarteret villakvarter villakvarteret boligkvarter
    boligkvarteret øjenbryn øjenbrynet
    """
)

# Words before a last word that make no name of it ("på vej 3", "hans have 12").
NO_NAMES = words(
    """
    på i til fra ad ved af om mod over under med uden og eller men så er var bliver blev har havde skal kan vil
    en et den det de denne dette disse der min mit mine din dit dine sin sit sine hans hendes dens dets deres
    vores jeres hver hvert samme anden andet andre ny nyt lang langt kort halv halvt god godt sidste første
    næste fælles jeg du han hun vi I man hvilken hvilket ingen nogen noget alle begge som at for ikke også kun
    the a an on in his her their my your our this that one is was mandagens tirsdagens onsdagens torsdagens
    fredagens dagens ugens årets aftenens parkerings borgerens borgernes kommunens hele egen eget fri ledig
    ledige tom bedste deltog mødte mødtes kom gik fik tog
    """
)
# These may stand before a name and belong to it ("Gl. Kongevej", "nørre gade").
_OF_NAME = re.compile(
    r"(?:gl|gammel|gamle|gml|sdr|søndre|sønder|ndr|nordre|nørre|vestre|vester|østre|øster|store|st|lille|ll|ny|skt|sankt|sct|"
    r"øvre|nedre|indre|ydre|chr|dr|kgs|kong|dronning|prins|prinsesse|h\.?c|j\.?p|n\.?f\.?s|c\.?f|p)\.?",
    re.IGNORECASE,
)
_PLACED = words(
    """
    på i fra til ved bor boede boet boende bopæl flytter flyttet flyttede adresse adressen adr adr. hos from at
    in on lives living lived address to hjemme hjem hentes hentet hentede hente besøgte besøg mødtes
    """
)


def is_street(word: str) -> bool:
    """Tell whether the word by itself is the name of a street ("nørregade")."""
    return _STREET_NAME.fullmatch(word) is not None and word.lower() not in NO_STREETS


def is_abbreviated(word: str) -> bool:
    """Tell whether the word, which a dot follows, is a street's name cut short ("Nørregd.")."""
    return word[0].isupper() and _STREET_ABBREVIATED.fullmatch(word) is not None


def is_place(word: str) -> bool:
    """Tell whether the word can be a street's name, but also another word ("rosenhaven", "børnehaven" is none)."""
    return _PLACE_NAME.fullmatch(word) is not None and word.lower() not in NO_STREETS


def is_whole_name(word: str) -> bool:
    """Tell whether the word alone can be a street's name, where it is written with a capital ("Torvet")."""
    return word[0].isupper() and _WHOLE_NAME.fullmatch(word) is not None


def is_last_word(word: str) -> bool:
    """Tell whether the word can be the last of a street's name of several words ("Peter Bangs Vej")."""
    return _LAST_WORD.fullmatch(word) is not None


def names(before: str, word: str) -> bool:
    """Tell whether the word ``before`` makes a street's name of the last ``word``."""
    bare = before.rstrip(".")
    if bare.lower() in NO_NAMES or bare.lower() in NO_STREETS:
        return False
    if of_name(before) or before.endswith("."):
        return of_name(before) or before[:1].isupper()
    if word.lower() == "alle":  # it also means "all": "de kom alle 12"
        return before[:1].isupper() and word[0].isupper()
    genitive = len(bare) > 3 and bare.endswith("s")
    named = genitive or is_place(bare) or is_street(bare)  # "peter prøves vej", "vesterbro torv"
    return before[:1].isupper() or named or _SURE_LAST_WORD.fullmatch(word) is not None


def is_landmark(word: str) -> bool:
    """Tell whether a street that lies by it can be called "Ved" and this word, both with a capital ("Ved Kirken")."""
    return word[0].isupper() and _LANDMARK.fullmatch(word) is not None


def of_name(word: str) -> bool:
    """Tell whether the word belongs to the street's name after it ("Gl.", "sankt")."""
    return _OF_NAME.fullmatch(word) is not None


def is_placing(word: str) -> bool:
    """Tell whether after this word a place is told ("bor", "på")."""
    return word.lower() in _PLACED
