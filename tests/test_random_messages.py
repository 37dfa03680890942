"""Random valid messages: a seed repeats itself, nothing is refused, everything can be reached."""
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollbod.numbers import grn, mrn
from tollbod.play import random_messages_reading as reading
from tollbod.play import random_messages_values as values
from tollbod.play.instances import PREPARED
from tollbod.play.random_messages import drawn, random_message
from tollbod.play.random_messages_ahead import look_ahead
from tollbod.play.random_messages_case import random_case
from tollbod.play.random_messages_coverage import Coverage
from tollbod.play.random_messages_decks import Decks
from tollbod.play.random_messages_law import cases, known, law, tallies, traders
from tollbod.play.random_messages_story import draw
from tollbod.play.random_messages_tree import Draft
from tollbod.rules.check import check
from tollbod.rules.judge import judge
from tollbod.rules.values import fault
from tollbod.spec import tables
from tollbod.wire.message import from_plain

OFTEN = 60


def seeds():
    """A thin strategy: a seed, from which all else follows."""
    return st.integers(0, 2**32).map(Random)


@pytest.mark.parametrize("profile", tables.PROFILES)
def test_values_fit_their_types(profile):
    rng = Random(1)
    for kind in tables.types(profile).values():
        for _ in range(100):
            made = values.plain(kind)(rng)
            assert fault(kind, made) is None, (kind.name, made)


def test_numbers_are_right():
    rng = Random(2)
    for _ in range(50):
        assert not mrn.check(values.mrn(rng, "NO", rng.choice("JKLM")))
        assert not grn.check(values.guarantee(rng, voucher=rng.random() < 0.5))


def test_a_seed_repeats_itself():
    first, again, other = (random_message("CC015C", Random(seed)) for seed in (7, 7, 8))
    assert first == again != other


@pytest.mark.parametrize(("profile", "root"),
                         [(one, root) for one in tables.PROFILES for root in traders(one)])
def test_no_random_message_of_a_trader_is_refused(profile, root):
    tally = law(root, range(OFTEN // 3), profile)
    assert not tally.refused
    assert tally.made == OFTEN // 3 and tally.attempts <= OFTEN


@pytest.mark.parametrize("profile", tables.PROFILES)
def test_every_kind_can_be_made(profile):
    for root in tables.roots(profile):
        tally = law(root, (3,), profile)
        assert not tally.refused and tally.made == 1, tally


@settings(max_examples=20)
@given(seeds())
def test_any_seed_makes_a_declaration(rng):
    message = from_plain("p6", "CC015C", random_message("CC015C", rng))
    assert not check(message)


def test_messages_beside_a_declaration_are_not_refused():
    """IEA28 must name an office of transit that a declaration may lack: the one that is left."""
    for declaration in ("CC015C", "CCA15D"):
        left = [one for one in cases(range(2), declaration) if one[0] not in ("CCA28D", "CCA13D")]
        assert not left


def test_a_case_holds_what_follows():
    case = random_case(Random(5), ("CC013C", "CC170C"))
    assert list(case) == ["CC015C", "CC013C", "CC170C"]
    message = from_plain("p6", "CC013C", case["CC013C"])
    assert not check(message, earlier={"CC015C": case["CC015C"]})


@pytest.mark.parametrize("profile", tables.PROFILES)
def test_the_judge_agrees_with_a_second_reading(profile):
    """Of messages that nothing has mended, both find the same wrong in the same places."""
    for root in tables.roots(profile):
        rng = Random(root)
        draft = Draft(profile, root, rng, draw(rng, PREPARED))
        message = from_plain(profile, root, draft.root.plain(draft.table))
        judged = {(one.rule, one.code, one.path)
                  for _, one in judge(message, None, PREPARED, known)}
        read = reading.broken(message, PREPARED, None, known)
        of_several = {"C0055", "C0333", "C0715", "C0820"}
        assert {one for one in judged if one[0] not in of_several} == {
            one for one in read if one[0] not in of_several}, root


def test_elements_and_branches_are_reached():
    """Few seeds reach nearly all of the declaration; `bench "random whole"` all that can be."""
    coverage = Coverage("p6", PREPARED)
    assert [one.made for one in tallies(OFTEN, "p6", ("CC015C",), coverage)] == [OFTEN]
    reached = {name: value for name, value, _ in coverage.figures()}
    assert reached["elements_reached"] > 97 and reached["branches_reached"] > 92
    assert not list(coverage.wrongly_shut())


def test_a_deck_deals_every_code_before_one_comes_again():
    kind, decks = tables.types("p6")["country"], Decks(Random(3), PREPARED)
    every = values.codes_of("CL009", kind, PREPARED)
    dealt = [code for _ in range(50 * len(every)) if (code := decks.deal("CC015C", "CL009", kind))]
    assert sorted(dealt[:len(every)]) == sorted(every)
    for code in every[2:]:              # a code that a message held is not dealt again
        _lay(decks, code)
    left = {decks.deal("CC015C", "CL009", kind) for _ in range(40)}
    assert left == {"", *every[:2]} and decks.lack(("CL009",))
    for code in every[:2]:
        _lay(decks, code)
    assert not decks.lack(("CL009",))


def _lay(decks, code):
    address = {"LocationOfGoods": {"Address": {"country": code}}}
    decks.laid(from_plain("p6", "CC007C", {"Consignment": address}))


def test_what_is_accepted_can_be_released():
    """Look ahead: IE029, IE050 and IE001 of an accepted declaration are valid; entry data, which
    belong in IEA15, and a place of loading, without which no IE029 is valid, are what it misses."""
    found = look_ahead(range(120))
    assert found.accepted > 10 and not found.invalid
    strange = [why for why in found.refused if why[:11] in ("security 0:", "security 2:")
               and "PlaceOfLoading" not in why and " R0850 " not in why]
    assert not strange
