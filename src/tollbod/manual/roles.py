"""A page for each office role, English and bokmål: its states drawn, and what can happen next.

Everything is read off the role's table: the rows, the sentences of their predicates and effects,
the waits. A word the Norwegian table lacks is told in English.
"""
from collections.abc import Iterator

from tollbod.case.model import ANY, SAME, On, Role, When, always, no_more, nothing
from tollbod.manual.words import capital, norwegian, page, sentence, small, table
from tollbod.national.four_eyes import EVERY, Mark, marks
from tollbod.office.roles import ROLES
from tollbod.spec import tables

NB_PAGES = {"departure": "avgang", "transit": "transitt", "destination": "bestemmelse",
            "guarantee": "garanti", "exit": "utgang", "enquiry": "etterlysning",
            "recovery": "innkreving", "export": "utforsel",
            "prenotification": "forhandsvarsel", "outage": "driftsstans", "filing": "ens",
            "key": "transportdokument", "arrival": "ankomst", "presentation": "framlegging",
            "bridge": "bro", "involved": "medvirkning"}
TITLES = {"filing": "Entry summary declarations (ICS2)", "key": "Keys of filings (ICS2)",
          "arrival": "Arrival notifications (ICS2)",
          "presentation": "Presentations at the border (ICS2)",
          "bridge": "Bridge between transit and ICS2",
          "involved": "Offices that screen another's filing (ICS2)"}
FAMILIES_NB = {"IE3Fxx": "**IE3Fxx** en deklarasjon av et slag som tas imot",
               "IE3Axx": "**IE3Axx** en endring av et slag som tas imot"}
FAMILIES = {"IE3Fxx": "**IE3Fxx** a filing of any kind that is taken",
            "IE3Axx": "**IE3Axx** an amendment of any kind that is taken"}


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page of this chapter."""
    for role in ROLES.values():
        yield f"{role.name}.md", _english(role)
        yield f"nb/{NB_PAGES[role.name]}.md", _bokmaal(role)


def _english(role: Role) -> str:
    return page(
        TITLES.get(role.name, f"Office of {role.name}"),
        f"[Contents](index.md) · [på norsk](nb/{NB_PAGES[role.name]}.md)",
        "One row applies to each event: the first whose state, event and condition fit. An event "
        "without a fitting row is refused as out of sequence (code 92); a message that does not "
        f"fit its structure is refused ({_nack(role)}) before any row is asked.",
        _diagram(role, lambda state: state, lambda event: event),
        "## What can happen next", *(_state(role, state) for state in _states(role)),
        *_heard("## Acts that a second officer confirms", "One officer proposes, another one "
                "confirms or rejects (`confirm`, `reject`); before that nothing is done.",
                table(("act", "in state", "country", "since", "why"), (
                    (one.act, one.state, _where(one), str(one.first), one.why)
                    for one in marks() if one.role == role.name))),
        *_heard("## Who may say what",
                f"Asked before any row: another office is refused ({_nack_of(role)}).",
                table(("message", "from"), ((_event(ie, role.edition), small(sentence(said)))
                                            for ie, said in _speakers(role)))))


def _nack(role: Role) -> str:
    return "IE3N99" if role.edition == tables.ICS2 else "IE917"


def _nack_of(role: Role) -> str:
    return "IE4N99" if role.edition == tables.ICS2 else "IE906"


def _state(role: Role, state: str) -> str:
    wait = role.waits.get(state)
    said = f"Waits for the **{wait.whom}**: {wait.why}." if wait else ""
    rows = [(_event(row.event, role.edition), _if(role, row, "otherwise"), _then(row),
             row.to if row.to != SAME else "")
            for row in role.table if row.state == state]
    title = "In any state" if state == ANY else state
    return "\n\n".join(filter(None, (
        f"### {title}", said,
        table(("on", "if", "then", "goes to"), rows) or "Nothing more: the case is over.")))


def _heard(title: str, said: str, rows: str) -> tuple[str, ...]:
    """Return the chapter of who may say what, where a role asks for it."""
    return (title, said, rows) if rows else ()


def _where(mark: Mark) -> str:
    """Return the country of a mark; a star is every country but those with rows of their own."""
    own = sorted({one.country for one in marks()} - {EVERY})
    return f"all but {', '.join(own)}" if mark.country == EVERY else mark.country


def _speakers(role: Role) -> list[tuple[str, When]]:
    """List the messages of the role's table that not every office may send, with who may."""
    named = dict.fromkeys(row.event for row in role.table)
    return [(ie, role.heard[ie]) for ie in named if ie in role.heard]


def _event(event: str, edition: str = "p6") -> str:
    kind, _, act = event.partition(" ")
    if act:
        return f"{kind}: **{act}**"
    if event in FAMILIES:
        return FAMILIES[event]
    edition = _edition(event, edition)
    about = tables.messages(edition)[_root(event, edition)]
    if edition == tables.ICS2:
        return f"**{event}** {about.title.lower()}"
    return f"[{event}](messages/{about.root}.md) {about.title.lower()}"


def _edition(ie: str, edition: str) -> str:
    """Return the edition of a message: the bridge hears those of transit and of ICS2."""
    return edition if any(about.ie == ie for about in tables.messages(edition).values()) \
        else tables.ICS2


def _root(ie: str, edition: str) -> str:
    """Return the root of a message that an office takes: of two forms the common domain's."""
    roots = [root for root, about in tables.messages(edition).items() if about.ie == ie]
    return min(roots, key=lambda root: (root[-1], ie[2] == "9" and root[1] == "C", root))


def _if(role: Role, row: On, otherwise: str) -> str:
    if row.when is always:
        first = next(one for one in role.table if one[:2] == row[:2])
        return "" if first is row else otherwise
    return sentence(row.when).removeprefix("Hold ")


def _then(row: On) -> str:
    said = "" if row.then is nothing else sentence(row.then) + "."
    learnt = "" if row.learn is no_more else sentence(row.learn) + "."
    return " ".join(filter(None, (said, learnt))) or "Nothing follows."


def _states(role: Role) -> list[str]:
    """List the states in the order in which the table leads to them, any state last."""
    named = [state for row in role.table for state in (row.state, row.to)]
    found = [state for state in dict.fromkeys([role.kind().state, *named])
             if state not in (ANY, SAME)]
    return [*found, ANY]


def _diagram(role: Role, state_name, event_name) -> str:
    """Draw the states and what leads from one to another; what changes no state is left out."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in role.table:
        if row.to not in (SAME, row.state) and row.state != ANY:
            events = arrows.setdefault((row.state, row.to), [])
            if event_name(row.event) not in events:
                events.append(event_name(row.event))
    lines = ["```mermaid", "stateDiagram-v2"]
    for state in _states(role)[:-1]:
        lines.append(f'    state "{state_name(state)}" as {state.replace(" ", "_")}')
    lines.append(f"    [*] --> {role.kind().state}")
    for (before, after), events in arrows.items():
        lines.append(f"    {before.replace(' ', '_')} --> {after.replace(' ', '_')}: "
                     + ", ".join(events))
    leaves = {before for before, _ in arrows}
    lines += [f"    {state.replace(' ', '_')} --> [*]" for state in _states(role)[:-1]
              if state not in leaves]
    return "\n".join([*lines, "```"])


# På norsk

def _bokmaal(role: Role) -> str:
    return page(
        capital(norwegian("role", role.name) or role.name),
        f"[Innhold](index.md) · [in English](../{role.name}.md)",
        "For hver hendelse gjelder den første raden der tilstand, hendelse og vilkår passer. En "
        "hendelse uten rad avvises som utenfor rekkefølge (kode 92); en melding som ikke passer "
        f"med sin struktur, avvises ({_nack(role)}) før noen rad er spurt.",
        _diagram(role, _state_nb, _short_nb),
        "## Hva kan skje videre", *(_state_table_nb(role, state) for state in _states(role)),
        *_heard("## Handlinger som en annen tjenesteperson bekrefter", "En foreslår, en annen "
                "bekrefter eller avslår (`confirm`, `reject`); før det skjer ingenting.",
                table(("handling", "i tilstand", "land", "siden", "hvorfor"), (
                    (norwegian("act", one.act) or one.act, _state_nb(one.state),
                     _where(one).replace("all but", "alle unntatt"), str(one.first), one.nb)
                    for one in marks() if one.role == role.name))),
        *_heard("## Hvem kan si hva",
                f"Spurt før noen rad: et annet tollsted avvises ({_nack_of(role)}).",
                table(("melding", "fra"), (
                    (_event_nb(ie, role.edition),
                     norwegian("heard", said.__name__) or small(sentence(said)))
                    for ie, said in _speakers(role)))))


def _state_nb(state: str) -> str:
    return norwegian("state", state) or state


def _short_nb(event: str) -> str:
    kind, _, act = event.partition(" ")
    return (norwegian("timer" if kind == "timer" else "act", act) or act) if act else event


def _state_table_nb(role: Role, state: str) -> str:
    wait = role.waits.get(state)
    said = (f"Venter på **{norwegian('party', wait.whom) or wait.whom}**: {wait.nb}."
            if wait else "")
    rows = [(_event_nb(row.event, role.edition), _if_nb(role, row), _then_nb(row),
             _state_nb(row.to) if row.to != SAME else "")
            for row in role.table if row.state == state]
    return "\n\n".join(filter(None, (
        f"### {capital(_state_nb(state))}", said,
        table(("ved", "hvis", "da", "går til"), rows) or "Ikke mer: saken er ferdig.")))


def _event_nb(event: str, edition: str = "p6") -> str:
    kind, _, act = event.partition(" ")
    if event in FAMILIES:
        return FAMILIES_NB[event]
    if kind == "tell":
        return f"beskjed: **{act}**"
    if kind == "trader":
        return f"aktør: **{_short_nb(event)}**"
    if kind == "timer":
        return f"frist: **{_short_nb(event)}**"
    if act:
        return f"tjenesteperson: **{_short_nb(event)}**"
    edition = _edition(event, edition)
    root = _root(event, edition)
    name = norwegian("message", root) or norwegian("message", event)
    name = name or tables.messages(edition)[root].title.lower()
    if edition == tables.ICS2:
        return f"**{event}** {name}"
    return f"[{event}](../messages/{root}.md) {name}"


def _if_nb(role: Role, row: On) -> str:
    told = _if(role, row, norwegian("when", "always"))
    return told if row.when is always else norwegian("when", row.when.__name__) or told


def _then_nb(row: On) -> str:
    return capital(norwegian("then", row.then.__name__) or _then(row).removesuffix(".")) + "."
