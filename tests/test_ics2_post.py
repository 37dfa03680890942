"""Post: what the rows say of items, receptacles and means of transport, against a plain reckoning.

The order in which filings come, change and go must not matter.
"""
from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tollbod.case.model import Event, Facts, Keep, Tell
from tollbod.ics2 import post
from tollbod.ics2.post import Mail, Sack

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
ITEMS, BAGS = "abcdef", ("B1", "B2", "B3")
packing = st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(BAGS), min_size=1, max_size=4)
steps = st.one_of(
    st.tuples(st.just("file"), st.integers(0, 2), st.sets(st.sampled_from(ITEMS), min_size=1)),
    st.tuples(st.just("pack"), st.integers(3, 5), packing),
    st.tuples(st.just("carry"), st.integers(6, 7), st.sets(st.sampled_from(BAGS), min_size=1)),
    st.tuples(st.just("leave"), st.integers(0, 7), st.none()))


class Stream:
    """The stream of post in memory: its rows, and what it told each filing last."""

    def __init__(self):
        self.rows, self.told = {}, {}

    def facts(self):
        return Facts(now=AT, office="NO321001", case="post",
                     kept_all=lambda names: {n: self.rows[n] for n in names if n in self.rows},
                     kept_under=lambda start, most, after="": sorted(
                         (n, body) for n, body in self.rows.items()
                         if n.startswith(start) and n > after)[:most])

    def hear(self, how, body):
        for effect in how(Event("tell", body), self.facts()):
            if isinstance(effect, Keep):
                self.rows.pop(effect.name, None)
                if effect.body is not None:
                    self.rows[effect.name] = effect.body
            elif isinstance(effect, Tell):
                self.told[effect.what, effect.case] = effect.body


def mail(number, what, content):
    """A filing as it tells itself."""
    bags = {}
    if what == "pack":
        for item, bag in sorted(content.items()):
            bags.setdefault(bag, []).append(item)
    return msgspec.to_builtins(Mail(
        mrn=f"M{number}", stream=f"M{number}", office="NO321001", bags=bags,
        items=sorted(content) if what == "file" else (),
        carries=sorted(content) if what == "carry" else ()))


@given(st.lists(steps, max_size=20))
def test_the_rows_say_what_is_complete_and_linked(told):
    """Filed, packed, carried, packed anew, loaded anew and withdrawn, in any order."""
    stream, known = Stream(), {}
    for what, number, content in told:
        if what == "leave":
            if number in known:
                stream.hear(post.leave, {"mrn": f"M{number}", "mail": mail(number,
                                                                           *known.pop(number))})
        elif _allowed(what, number, content, known):
            if what == "pack" and number in known:          # an amendment adds and drops no item
                content = dict(zip(known[number][1], content.values(), strict=False)) | {
                    item: bag for item, bag in known[number][1].items()
                    if item not in list(known[number][1])[:len(content)]}
            known[number] = (what, content)
            stream.hear(post.enter, {"mail": mail(number, what, content)})
        _compare(stream, known)
    for number in list(known):
        stream.hear(post.leave, {"mrn": f"M{number}", "mail": mail(number, *known.pop(number))})
    assert stream.rows == {}


def _allowed(what, number, content, known):
    """An item is filed once and packed once: the stream's documents see to that."""
    if what == "file" and number in known:
        return False
    others = {item for n, (kind, of) in known.items() if kind == what and n != number
              for item in of}
    return what == "carry" or not others & set(content)


def _compare(stream, known):
    filed = {item for kind, of in known.values() if kind == "file" for item in of}
    packed = {item: bag for kind, of in known.values() if kind == "pack"
              for item, bag in of.items()}
    carried = {bag for kind, of in known.values() if kind == "carry" for bag in of}
    full = {bag for bag in packed.values()
            if all(item in filed for item, lies in packed.items() if lies == bag)}
    sack = Sack(stream.facts())
    for number, (kind, of) in known.items():
        if kind == "carry":
            assert stream.told["parts", f"M{number}"]["awaited"] == len(of - full)
        else:
            linked = of <= packed.keys() if kind == "file" else set(of.values()) <= carried
            assert sack.linked(f"M{number}") == linked, number
            if not linked:
                assert stream.told.get(("standing", f"M{number}"), {"master": ""})["master"] == ""
