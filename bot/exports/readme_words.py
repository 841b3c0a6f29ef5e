"""The words of README.md in an export, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.exports.transcript import Dates


@dataclass(frozen=True)
class Words:
    """One language. ``of_file``: what each file is for and what opens it; ``losses``: what its format cannot hold."""

    name: str
    heading: str
    reflection: tuple[str, str]
    answer: tuple[str, str]
    between: str
    filtered: str
    unfiltered: str
    filter_from: str
    filter_to: str
    filter_team: str
    filter_guide: str
    revisions: str
    no_cases: str
    left_out: str
    codings_left_out: str
    rows_left_out: str
    coding: str
    record: str
    dates: Mapping[Dates, str]
    exact: str
    pseudonyms: str
    one_way: str
    files: str
    of_file: Mapping[str, str]
    lost: str
    losses: Mapping[str, str]
    comma: str
    excel: str

    def reflections(self, number: int) -> str:
        """1 reflection, 2 reflections."""
        return f"{number} {self.reflection[number != 1]}"

    def answers(self, number: int) -> str:
        """1 answer, 2 answers."""
        return f"{number} {self.answer[number != 1]}"


DANISH = Words(
    name="Dansk",
    heading="Eftertanke: udtræk",
    reflection=("refleksion", "refleksioner"),
    answer=("svar", "svar"),
    between="Den første er fra {first}, den sidste fra {last}.",
    filtered="Udvalgt",
    unfiltered="Intet er valgt fra efter dato, team eller guide.",
    filter_from="fra og med",
    filter_to="til og med",
    filter_team="team",
    filter_guide="guide",
    revisions="Svar, der senere blev rettet, er også med i tabellerne og i JSON.",
    no_cases="Borgere og mentorer er ikke lavet til »cases« i projektet.",
    left_out="Uden for står {} fra mentorer, der ikke har sagt ja til kodning.",
    codings_left_out="{} kodninger er ikke med, fordi svaret er rettet siden eller ikke hører til udtrækket.",
    rows_left_out="{} rækker var der ikke plads til i regnearket; de står i CSV-filerne.",
    coding="""\
Formål: kodning. Her er kun refleksioner fra mentorer, der har sagt ja til, at deres svar må læses af en forsker, også
de private. De står med et nummer (M01 …) i stedet for navn. Nummeret er det samme i hvert udtræk, og hvem det er, kan
ikke slås op her.""",
    record="""\
Formål: jeres eget arkiv. Her er alle refleksioner, også private svar, og mentorerne står med navn. Giv det ikke videre
til nogen.""",
    dates={
        Dates.DAY: "Datoer står med dag, uden klokkeslæt. Det, mentorerne selv skrev, kan nævne tider og datoer.",
        Dates.WEEK: "Datoer står kun med uge. Det, mentorerne selv skrev, kan nævne tider og datoer.",
        Dates.NONE: "Der står ingen datoer. Det, mentorerne selv skrev, kan nævne tider og datoer.",
    },
    exact="Tider står nøjagtigt (UTC) i `reflections.jsonl` og med dag i resten.",
    pseudonyms="""\
Borgerne står med deres dæknavn; hvem de er, står her ikke. Men dæknavn er ikke anonymt (pseudonym er ikke anonym): her
står om helbred, misbrug og svære liv. Hold mappen låst og krypteret, giv kun adgang til dem, der har brug for den, og
slet den, når den er brugt.""",
    one_way="""\
Vejen går kun ud: retter du i filerne, bliver intet rettet i Eftertanke. Kun jeres kodninger kan komme tilbage, med
`eftertanke codings import`. Siger en mentor senere nej, kommer svarene ikke med i nye udtræk, men de bliver ikke
slettet her; det gør du.""",
    files="Filerne",
    of_file={
        "project.qdpx": "projekt til NVivo, ATLAS.ti, MAXQDA og QualCoder (REFI-QDA), hvert svar kodet med sit "
        "spørgsmål.",
        "codebook.qdc": "kodebogen til de samme programmer, med de samme GUID'er.",
        "codebook_taguette.csv": "kodebogen til Taguette.",
        "transcripts/": "hver refleksion som Markdown (NVivo kan kode efter overskrift) og som HTML (Taguette).",
        "answers_long.csv": "én række for hvert svar, til R og pandas; `start` og `end` er pladsen i teksten i "
        "projektet.",
        "reflections_wide.csv": "én række for hver refleksion, en kolonne eller flere for hvert spørgsmål.",
        "codings.csv": "én række for hver kodning, I har hentet ind: afsnit, kode, koder, meningskondensering og tema.",
        "variables.csv": "hvad kolonnerne i `reflections_wide.csv` betyder, med spørgsmål og valg.",
        "reflections.xlsx": "svar, refleksioner og kodebog som ark, til Excel og LibreOffice.",
        "reflections.jsonl": "alt, én refleksion på hver linje som JSON, til programmer; teksterne helt som de "
        "blev skrevet.",
        "datapackage.json": "beskriver CSV-filerne for programmer (Frictionless Data Package).",
    },
    lost="Det, et format ikke kan rumme",
    losses={
        "project.qdpx": "`project.qdpx` og `transcripts/`: linjeskift er altid LF, og styretegn er fjernet. "
        "Markdown og "
        "HTML viser flere mellemrum eller tomme linjer i træk som ét.",
        "answers_long.csv": "CSV: tekst, som et regneark ville regne på (begynder med = + - @, tabulator eller "
        "linjeskift, også efter mellemrum), "
        "har fået en apostrof (') foran. Fjern én apostrof, og teksten er som før. Linjeskift er LF, og styretegn er "
        "fjernet. Excel viser højst 32.767 tegn i en celle.",
        "reflections.xlsx": "Excel: en celle rummer 32.767 tegn; længere tekster slutter med […] og står hele i "
        "de andre "
        "filer. Et ark rummer 1.048.576 rækker.",
    },
    comma="CSV-filerne har komma imellem og UTF-8 uden mærke forrest, som R og Python vil have det. Til "
    "dobbeltklik i dansk "
    "Excel: lav udtrækket med `--separator semicolon`, eller brug `reflections.xlsx`.",
    excel="CSV-filerne har semikolon imellem og UTF-8 med mærke forrest (BOM), så dansk Excel kan åbne dem med "
    "dobbeltklik. "
    "I R: `read.csv2(fil, fileEncoding = \"UTF-8-BOM\")`; i pandas: `read_csv(fil, sep=\";\", "
    "encoding=\"utf-8-sig\")`.",
)  # fmt: skip

ENGLISH = Words(
    name="English",
    heading="export",
    reflection=("reflection", "reflections"),
    answer=("answer", "answers"),
    between="The first is of {first}, the last of {last}.",
    filtered="Chosen",
    unfiltered="Nothing was left out by date, team or guide.",
    filter_from="from",
    filter_to="to",
    filter_team="team",
    filter_guide="guide",
    revisions="Answers that were changed later are in the tables and the JSON, too.",
    no_cases="Citizens and mentors are not made cases of the project.",
    left_out="Left out: {} of mentors who have not agreed to coding.",
    codings_left_out="{} codings are left out, because the answer was changed since or is not in this export.",
    rows_left_out="{} rows found no room in the workbook; they are in the CSV files.",
    coding="""\
Purpose: coding. Only reflections of mentors who agreed that a researcher may read their answers, the private ones too.
They appear under a number (M01 …) instead of their name. The number is the same in every export, and who it is cannot
be looked up here.""",
    record="""\
Purpose: your own record. All reflections, private answers too, and mentors appear by name. Pass it on to nobody.""",
    dates={
        Dates.DAY: "Dates are told to the day, without the hour. What mentors wrote themselves may name times "
        "and dates.",
        Dates.WEEK: "Dates are told by week only. What mentors wrote themselves may name times and dates.",
        Dates.NONE: "No dates are told. What mentors wrote themselves may name times and dates.",
    },
    exact="Times are exact (UTC) in `reflections.jsonl`, and to the day in the rest.",
    pseudonyms="""\
Citizens appear under their pseudonym; who they are is not told here. But pseudonymous is not anonymous: this tells of
health, substance use and hard lives. Keep the folder locked and encrypted, give it only to those who need it, and
delete it when it has served.""",
    one_way="""\
The way leads out only: changing these files changes nothing in Eftertanke. Only your codings can come back, with
`eftertanke codings import`. When a mentor says no later, the answers are not in new exports, but they are not removed
here; that is for you to do.""",
    files="The files",
    of_file={
        "project.qdpx": "project for NVivo, ATLAS.ti, MAXQDA and QualCoder (REFI-QDA), each answer coded with "
        "its question.",
        "codebook.qdc": "the codebook for the same programs, with the same GUIDs.",
        "codebook_taguette.csv": "the codebook for Taguette.",
        "transcripts/": "each reflection as Markdown (NVivo can code by heading) and as HTML (Taguette).",
        "answers_long.csv": "one row an answer, for R and pandas; `start` and `end` are the place in the "
        "project's text.",
        "reflections_wide.csv": "one row a reflection, one or more columns for each question.",
        "codings.csv": "one row for each coding you brought in: passage, code, coder, condensation and theme.",
        "variables.csv": "what the columns of `reflections_wide.csv` mean, with questions and choices.",
        "reflections.xlsx": "answers, reflections and codebook as sheets, for Excel and LibreOffice.",
        "reflections.jsonl": "everything, one reflection a line as JSON, for programs; texts exactly as they "
        "were written.",
        "datapackage.json": "describes the CSV files for programs (Frictionless Data Package).",
    },
    lost="What a format cannot hold",
    losses={
        "project.qdpx": "`project.qdpx` and `transcripts/`: line ends are always LF, and control characters are gone. "
        "Markdown and HTML show several spaces or empty lines in a row as one.",
        "answers_long.csv": "CSV: a text that a spreadsheet would calculate (it begins with = + - @, a tab or a "
        "line end, also after spaces) has "
        "an apostrophe (') in front. Take one apostrophe away, and the text is as it was. Line ends are LF, and "
        "control "
        "characters are gone. Excel shows at most 32,767 characters in a cell.",
        "reflections.xlsx": "Excel: a cell holds 32,767 characters; longer texts end with […] and stand whole "
        "in the other "
        "files. A sheet holds 1,048,576 rows.",
    },
    comma="The CSV files have commas and UTF-8 without a mark in front, as R and Python want it. For a double click in "
    "Danish Excel: export with `--separator semicolon`, or use `reflections.xlsx`.",
    excel="The CSV files have semicolons and UTF-8 with a mark in front (BOM), so that Danish Excel opens them "
    "with a double "
    "click. In R: `read.csv2(file, fileEncoding = \"UTF-8-BOM\")`; in pandas: `read_csv(file, sep=\";\", "
    "encoding=\"utf-8-sig\")`.",
)  # fmt: skip
