"""Dates and times as EDIFACT writes them (code list 2379): whether there is such a moment."""
import re
from datetime import date

# format: the digits, how it is said in English, in bokmål
_FORMS = {
    "101":  (r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)", "a date YYMMDD", "en dato ÅÅMMDD"),
    "102":  (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", "a date CCYYMMDD", "en dato ÅÅÅÅMMDD"),
    "201":  (r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)(?P<H>\d\d)(?P<M>\d\d)",
             "a moment YYMMDDHHMM", "et tidspunkt ÅÅMMDDTTMM"),
    "203":  (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?P<H>\d\d)(?P<M>\d\d)",
             "a moment CCYYMMDDHHMM", "et tidspunkt ÅÅÅÅMMDDTTMM"),
    "204":  (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)",
             "a moment CCYYMMDDHHMMSS", "et tidspunkt ÅÅÅÅMMDDTTMMSS"),
    "401":  (r"(?P<H>\d\d)(?P<M>\d\d)", "a time HHMM", "et klokkeslett TTMM"),
    "HHMM": (r"(?P<H>\d\d)(?P<M>\d\d)", "a time HHMM", "et klokkeslett TTMM"),
}
_PATTERNS = {form: re.compile(pattern, re.ASCII) for form, (pattern, *_) in _FORMS.items()}


def is_wrong(value: str, form: str) -> tuple[str, str] | None:
    """Return what is expected, in both languages, if the value is no such date or time.

    Formats that are not known here are not judged.

    >>> is_wrong("20240230", "102")
    ('a date CCYYMMDD', 'en dato ÅÅÅÅMMDD')
    >>> is_wrong("240229", "101"), is_wrong("2400", "HHMM"), is_wrong("anything", "718")
    (None, ('a time HHMM', 'et klokkeslett TTMM'), None)
    """
    if form not in _FORMS:
        return None
    found = _PATTERNS[form].fullmatch(value)
    said = _FORMS[form][1:]
    if found is None:
        return said
    parts = found.groupdict()
    if int(parts.get("H") or 0) > 23 or int(parts.get("M") or 0) > 59 or \
            int(parts.get("S") or 0) > 59:
        return said
    if "d" not in parts:
        return None
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    try:
        date(year, int(parts["m"]), int(parts["d"]))
    except ValueError:
        return said
    return None
