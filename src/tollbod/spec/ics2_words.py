"""What elements, codes and kinds of filing of ICS2 are called by people, in both languages."""
from functools import cache

from tollbod.spec import regime_tables
from tollbod.spec.codes import codelist
from tollbod.spec.tables import label_of


def label(name: str) -> tuple[str, str]:
    """Return what an element is called, in English and bokmål.

    >>> label("grossMass"), label("nothing")
    (('Gross mass', 'Bruttomasse (kg)'), ('Nothing', 'Nothing'))
    """
    english = label_of(name.removeprefix("@"))
    return english, _labels().get(name, english)


def code(name: str, value: str) -> tuple[str, str]:
    """Return what a code of a list stands for, in English and bokmål; empty where nobody says.

    >>> code("CL726", "2"), code("CL718", "NO")
    (('Alarm', 'alarm'), ('Norway', 'Norway'))
    """
    english = codelist(name).text(value)
    return english, _codes().get((name, value), english)


def kind(name: str) -> tuple[str, str]:
    """Return what a kind of filing is, in English and bokmål.

    >>> kind("F50")[0]
    'Road: everything in one filing'
    """
    return _kinds()[name]


@cache
def _labels() -> dict[str, str]:
    return dict(regime_tables.rows("labels_nb.txt", "ics2"))


@cache
def _codes() -> dict[tuple[str, str], str]:
    return {(name, value): text for name, value, text in regime_tables.rows("codes_nb.txt", "ics2")}


@cache
def _kinds() -> dict[str, tuple[str, str]]:
    return {name: (english, bokmaal)
            for name, english, bokmaal in regime_tables.rows("kinds.txt", "ics2")}
