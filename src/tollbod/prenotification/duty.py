"""Is a prenotification due: which, in which system, where, by whom, by when, on what ground.

`duty` is a pure function of a question over dated tables. The rules behind it are the page on
prenotification (PRE-SCOPE, PRE-ICS2, PRE-WHO, PRE-HOW, PRE-COMB, PRE-EU, PRE-EXEMPT, PRE-BG).
"""
from datetime import date, datetime

import msgspec

from tollbod.prenotification import deadlines, route
from tollbod.prenotification.deadlines import Due
from tollbod.prenotification.question import Question, Said
from tollbod.prenotification.route import Crossing
from tollbod.spec import prenotification_law, security_zone
from tollbod.spec.prenotification_law import System, Worded


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to file."""

    flow: str                                   # entry | exit
    data: str                                   # full | minimum
    system: str                                 # NCTS | ICS2 | ICS | ECS
    still: bool = False                         # may still be filed here instead
    variant: str                                # pure | combined | ENS | own
    variants: tuple[str, ...]
    crossing: Crossing
    country: str                                # of the office
    office: str = ""
    offices: tuple[str, ...] = ()               # of those that may be meant, where it is open
    office_fits: bool | None = None             # the office that was named
    filers: tuple[Worded, ...] = ()
    may_file: bool | None = None                # the role that was named
    due: Due
    late: bool | None = None                    # what was filed
    held_until: datetime | None = None
    papers: tuple[str, ...] = ()                # slip | TSAD
    law: tuple[Said, ...] = ()


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a question; `because` says why something or nothing is due."""

    asked: Question
    due: bool
    because: Said
    notifications: tuple[Notification, ...] = ()
    alternatives: tuple[Notification, ...] = ()     # each instead of the one at its crossing
    exemption: Worded | None = None
    notes: tuple[Said, ...] = ()


NO_DAY = Said("the day is not known: without a moment or a day no law can be named",
              "dagen er ikke kjent: uten tidspunkt eller dag kan ingen rett nevnes")
BEFORE = Said("there was no security zone with Norway before 1 July 2009",
              "det fantes ingen sikkerhetssone med Norge før 1. juli 2009")
WITHIN = Said("the goods do not leave the security zone (EU, Norway, Switzerland)",
              "varene forlater ikke sikkerhetssonen (EU, Norge, Sveits)")
OUTSIDE = Said("the goods do not enter the security zone", "varene kommer ikke inn i "
               "sikkerhetssonen")
CROSSES = Said("the goods go between the security zone and a third country",
               "varene går mellom sikkerhetssonen og et tredjeland")
COMPLETE = Said("the minimum data set counts as the complete prenotification",
                "minimumsdatasettet regnes som fullstendig forhåndsvarsel")
VALUE = Said("the value would tell whether the minimum data set is all: up to EUR 22 it is",
             "verdien ville avgjøre om minimumsdatasettet er nok: til og med 22 EUR er det nok")
NO_EXS = Said("a combined declaration was given in Norway: no exit summary (EXS) is needed at the "
              "office of exit; the TSAD is shown there",
              "en kombinert deklarasjon er gitt i Norge: ingen EXS trengs ved "
              "utpasseringstollstedet; TSAD legges fram der")
MOVED = Said("entry has moved to ICS2: it cannot be given in NCTS, neither pure nor combined",
             "innførsel er flyttet til ICS2: den kan ikke gis i NCTS, verken ren eller kombinert")
EXEMPT = Said("an exception applies", "et unntak gjelder")


def duty(asked: Question) -> Duty:
    """Return what is due for a transport, or why nothing is."""
    day = asked.day("entry") or asked.day("exit")
    if day is None:
        return Duty(asked=asked, due=False, because=NO_DAY)
    if security_zone.agreement(day) is None:
        return Duty(asked=asked, due=False, because=BEFORE)
    crossings = route.crossings(asked)
    if not crossings:
        return Duty(asked=asked, due=False, because=WITHIN if route.within(asked) else OUTSIDE)
    exempt = prenotification_law.exemptions().get(asked.goods)
    if exempt:
        crossings = tuple(c for c in crossings if exempt.more[0] not in ("both", c.flow))
        if not crossings:
            return Duty(asked=asked, due=False, because=EXEMPT, exemption=exempt)
    return _answer(asked, crossings, exempt)


def _answer(asked: Question, crossings: tuple[Crossing, ...], exempt: Worded | None) -> Duty:
    found: list[Notification] = []
    instead: list[Notification] = []
    notes: list[Said] = []
    for crossing in crossings:
        systems, said = _systems(asked, crossing)
        notes += said
        made = [_notification(asked, crossing, one) for one in systems]
        combined = _through_the_union(asked, crossing, made)
        if combined and asked.combined:
            made, combined = combined, []
            notes.append(NO_EXS)
        found += [one for one in made if not one.still]
        instead += [one for one in made if one.still] + combined
        if asked.combined and any(one.system == "ICS2" and one.data == "full" for one in made):
            notes.append(MOVED)
    return Duty(asked=asked, due=bool(found), because=CROSSES, notifications=tuple(found),
                alternatives=tuple(instead), exemption=exempt,
                notes=tuple(dict.fromkeys(notes)))


def _systems(asked: Question, crossing: Crossing) -> tuple[tuple[System, ...], list[Said]]:
    """Return what is to be filed where; the complete minimum data set takes the other's place."""
    day = asked.day(crossing.flow)
    found = prenotification_law.systems_for(asked.regime, crossing.flow, asked.mode,
                                            asked.consignment, day)
    if not any(one.data == "minimum" for one in found):
        return found, []
    final = security_zone.inside(asked.final or asked.to, day, asked.regime)
    complete = prenotification_law.complete(asked.consignment, final, asked.value, day)
    if complete:
        return tuple(one for one in found if one.data == "minimum"), [COMPLETE]
    return found, [VALUE] if complete is None else []


def _notification(asked: Question, crossing: Crossing, system: System) -> Notification:
    due = deadlines.deadline(asked, crossing, system.data)
    name = _name(system.name, crossing)
    variants = _variants(asked, crossing, name)
    variant = "combined" if asked.combined and "combined" in variants else variants[0]
    filers = prenotification_law.filers(system.data, "ICS2" if name == "ICS2" else "NCTS")
    office, offices, fits = _office(asked, crossing)
    late = due.missed(asked.filed) if asked.filed else None
    return Notification(
        flow=crossing.flow, data=system.data, system=name, still=system.still, variant=variant,
        variants=variants, crossing=crossing, country=crossing.into, office=office,
        offices=offices, office_fits=fits, filers=filers,
        may_file=asked.role in {one.name for one in filers} if asked.role else None,
        due=due, late=late, papers=_papers(variant),
        held_until=deadlines.held_until(due, asked.filed, asked.at("crossing", crossing.flow))
        if asked.filed else None,
        law=_law(asked.day(crossing.flow), crossing, due))


def _name(system: str, crossing: Crossing) -> str:
    """Return the system by the name it has at the office: most countries have one apart."""
    if system == "NCTS" and not prenotification_law.taken_in_ncts(crossing.into):
        return "ICS" if crossing.flow == "entry" else "ECS"
    return system


def _variants(asked: Question, crossing: Crossing, system: str) -> tuple[str, ...]:
    """Return how it may be given, the usual way first (PRE-HOW-06, PRE-COMB-01)."""
    if system != "NCTS":
        return ("ENS",) if system == "ICS2" else ("own",)
    if crossing.flow == "exit":
        return ("pure", "combined")
    day = asked.day("entry")
    onward = asked.to != crossing.into and security_zone.inside(asked.to, day, asked.regime)
    return ("combined", "pure") if onward else ("pure", "combined")


def _papers(variant: str) -> tuple[str, ...]:
    return {"pure": ("slip",), "combined": ("TSAD",)}.get(variant, ())


def _office(asked: Question, crossing: Crossing) -> tuple[str, tuple[str, ...], bool | None]:
    """Return the office where it is clear, those that may be meant, and whether the named fits.

    Norwegian offices have a flag of their own (PRE-HOW-07); of others only the country is known.
    """
    if not prenotification_law.taken_in_ncts(crossing.into):
        fits = asked.office[:2] == crossing.into if asked.office else None
        return (asked.office if fits else ""), (), fits
    port = asked.to_port if crossing.flow == "entry" else asked.from_port
    flagged = {code: ports for code, (modes, ports) in prenotification_law.offices().items()
               if asked.mode in modes and code.startswith(crossing.into)}
    near = [code for code, ports in flagged.items() if port and port in ports]
    if asked.office:
        fits = asked.office in flagged
        return (asked.office if fits else ""), () if fits else tuple(near or flagged), fits
    may = tuple(near or flagged)
    return (may[0], (), None) if len(may) == 1 else ("", may, None)


def _law(day: date, crossing: Crossing, due: Due) -> tuple[Said, ...]:
    where = crossing.into if prenotification_law.taken_in_ncts(crossing.into) else "zone"
    grounds = prenotification_law.grounds
    found = [Said(act.en, act.nb) for act in grounds(where, crossing.flow, day)]
    if where != "zone" and (agreed := security_zone.agreement(day)):
        found.append(Said(agreed.en.split(" (day")[0], agreed.nb.split(" (dagen")[0]))
    return (*found, *(Said(f"{act.en} {due.row.article}", f"{act.nb} {due.row.article}")
                      for act in grounds("article", "any", day)))


def _through_the_union(asked: Question, crossing: Crossing,
                       made: list[Notification]) -> list[Notification]:
    """Return the combined declaration in Norway for an exit through the Union (PRE-EU-03)."""
    home = asked.origin
    ours = prenotification_law.taken_in_ncts(home)
    if crossing.flow != "exit" or not ours or crossing.into == home:
        return []
    return [msgspec.structs.replace(
        one, system="NCTS", variant="combined", variants=("combined",), country=home,
        office=asked.office if asked.office[:2] == home else "", office_fits=None,
        papers=_papers("combined"),
        law=_law(asked.day("exit"), crossing._replace(into=home), one.due)) for one in made[:1]]
