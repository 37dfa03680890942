"""Random valid messages: values fit their types, a seed repeats itself, and nothing is refused."""
from random import Random

import pytest

from tollbod.play import random_messages_values as values
from tollbod.play.instances import PREPARED
from tollbod.play.random_messages import drawn, random_message
from tollbod.rules.check import check
from tollbod.rules.rule import Beside
from tollbod.rules.rulebook import judge
from tollbod.rules.values import fault
from tollbod.spec import tables
from tollbod.wire.message import from_plain

TRADERS = ("CC007C", "CC013C", "CC014C", "CC015C", "CC044C", "CC054C", "CC141C", "CC170C")
OFTEN = 60


@pytest.mark.parametrize("profile", tables.PROFILES)
def test_values_fit_their_types(profile):
    rng = Random(1)
    for kind in tables.types(profile).values():
        for _ in range(100):
            made = values.plain(kind)(rng)
            assert fault(kind, made) is None, (kind.name, made)


def test_numbers_are_right():
    from tollbod.numbers import grn, mrn
    rng = Random(2)
    for _ in range(50):
        assert not mrn.check(values.mrn(rng, "NO", rng.choice("JKLM")))
        assert not grn.check(values.guarantee(rng, voucher=rng.random() < 0.5))


def test_a_seed_repeats_itself():
    first, again, other = (random_message("CC015C", Random(seed)) for seed in (7, 7, 8))
    assert first == again != other


@pytest.mark.parametrize("root", TRADERS)
def test_no_random_message_of_a_trader_is_refused(root):
    for seed in range(OFTEN):
        assert_valid("p6", root, random_message(root, Random(seed)), seed)


@pytest.mark.parametrize("profile", tables.PROFILES)
def test_every_message_can_be_written(profile):
    for root in tables.roots(profile):
        made = drawn(root, Random(3), profile)
        assert_valid(profile, root, made.plain, 3)


def assert_valid(profile, root, plain, seed):
    message = from_plain(profile, root, plain)
    found = [*check(message), *(one for _, one in judge(message, Beside(on=PREPARED)))]
    assert not found, (root, seed, found[0])
