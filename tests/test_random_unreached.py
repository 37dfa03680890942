"""The table of what random messages cannot reach: what is proved is in it, what a rule shuts out is
shut out by that rule, and nothing else is excused."""
import re
from itertools import product
from random import Random

import pytest

from tollbod.play import random_messages_reading as reading
from tollbod.play import random_messages_unreached as unreached
from tollbod.play.instances import PREPARED
from tollbod.play.random_messages import drawn
from tollbod.play.random_messages_law import traders
from tollbod.rules.case_file import CaseFile
from tollbod.rules.check import check
from tollbod.spec import tables
from tollbod.spec.codes import codelist
from tollbod.wire.message import from_plain

BY_RULE = [row for row in unreached.table() if re.match(r"[CRG]\d{4}", row.reason)]


def test_what_tables_prove_is_in_the_table():
    proved = {row for profile in tables.PROFILES
              for row in unreached.proved(profile, traders(profile))}
    assert set(unreached.table()) - set(BY_RULE) == proved


def test_a_branch_stands_in_the_table_once_and_exists():
    for profile in tables.PROFILES:
        for root in traders(profile):
            told = [(row.name, row.number, row.path) for row in unreached.table()
                    if row.profile == profile and root in row.roots and row.name[1] != "L"]
            assert len(set(told)) == len(told) == len(unreached.branches(profile, root)), root


def variants(plain: dict):
    """Yield a declaration with every security and every indicator."""
    lists = (codelist(name).codes(PREPARED) for name in ("CL217", "CL296"))
    for security, indicator in product(next(lists), ("", *next(lists))):
        head = plain["TransitOperation"] | {"security": security,
                                            "specificCircumstanceIndicator": indicator}
        yield plain | {"TransitOperation": {name: text for name, text in head.items() if text}}


def cases(root: str, number: int):
    """Yield a message with every security and indicator, alone or after such a declaration."""
    declared = drawn("CCA15D", Random(number)).plain
    if root == "CCA15D":
        yield from ((one, {}) for one in variants(declared))
        return
    plain = drawn(root, Random(number), earlier={"CCA15D": declared}).plain
    yield from ((one, {"CCA15D": before})
                for one, before in product(variants(plain), variants(declared)))


@pytest.mark.parametrize("row", [row for row in BY_RULE if row.name[1] != "L"],
                         ids=lambda row: f"{row.name} {row.number}")
def test_a_rule_shuts_out_what_it_is_said_to(row):
    """Whatever security and indicator, where the branch is taken one of those rules objects."""
    ids, taken = set(re.findall(r"[CR]\d{4}", row.reason)), 0
    for root, number in product(row.roots, (1, 2)):
        for plain, earlier in cases(root, number):
            message, file = from_plain(row.profile, root, plain), CaseFile(earlier, row.profile)
            if any((one.rule, f"{one.number}{one.demand}", one.path) == row[1:4]
                   for one in {said.branch for said in reading.said(message, PREPARED, file)}):
                taken += 1
                broken = {found.rule for found in check(message, earlier=earlier)}
                for name, before in earlier.items():
                    broken |= {found.rule for found in check(from_plain("p6", name, before))}
                assert ids & broken, (root, plain["TransitOperation"])
    assert taken


def test_no_departure_allows_the_code_that_is_shut_out():
    for row in (row for row in BY_RULE if row.name == "CL251"):
        assert row.number in codelist(row.name).codes(PREPARED)
        for root, seed in product(row.roots, range(10)):
            plain = drawn(root, Random(seed), row.profile).plain
            for guarantee in plain["Guarantee"]:
                guarantee["guaranteeType"] = row.number
            message = from_plain(row.profile, root, plain)
            assert "R0900" in {found.rule for found in check(message, "rules")}
