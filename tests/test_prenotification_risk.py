"""Synthetic criteria of safety and security hit a prenotification as they hit a declaration.

PRE-RISK-01, PRE-RISK-02.
"""
from datetime import date
from pathlib import Path

import pytest

from tollbod.risk import synthetic
from tollbod.risk.control_filter import hits
from tollbod.spec import tables
from tollbod.wire import forms

GOLDEN = Path(__file__).parents[1] / "golden" / "demo" / "IE015-prenotification.xml"
DAY = date(2026, 5, 4)
AT = {"goods": "descriptionOfGoods", "code": "commodityCode", "un": "UNNumber"}


def place_of(criterion):
    """Which of its places is in a prenotification, and what it is called there."""
    structure = tables.structure("no1", "CC015N")
    [path] = [one for one in criterion.path.split() if structure.field(one) is not None]
    return path.rpartition("/")[2]


@pytest.mark.parametrize("one", synthetic.criteria(), ids=lambda one: one.id)
def test_each_criterion_hits_what_it_is_for(one):
    """And nothing else hits: the goods of the demo are innocent of all others."""
    body = forms.read(GOLDEN.read_bytes()).plain()
    assert hits(body, synthetic.criteria(), DAY) == ()
    name = place_of(one)
    assert name in AT.values()
    body["Goods"]["GoodsItem"][0][name] = one.value.ljust(6, "0") if name == "commodityCode" \
        else one.value
    assert one.id in hits(body, synthetic.criteria(), DAY)


def test_every_family_is_there():
    """Health, carcinogens, drugs, other; weapons, explosives, dual use, CBRN."""
    assert {one.group for one in synthetic.criteria()} == {
        "HEALTH", "CARCINOGEN", "DRUGS", "OTHER", "WEAPONS", "EXPLOSIVES", "DUAL_USE", "CBRN"}
