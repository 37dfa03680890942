"""ICS2 joined with transit: who takes entry data inside the transit, and N355 of one data set.

ICS2-01, ICS2-05, PRE-ICS2-06. The lives are scenarios: scenarios/ics2/S24*, S25*.
"""
from datetime import UTC, date, datetime

import pytest

from tollbod.office import filings
from tollbod.spec import ens_in_transit, security_zone
from tollbod.spec.codes import codelist

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = NOW.date()


@pytest.mark.parametrize("regime", ["founding", "current"])
def test_the_table_says_who_opts_out_as_the_code_list_does(regime):
    listed = {one.country for one in ens_in_transit.stances(regime) if not one.joined}
    assert listed and all(codelist("CL167").has(country) for country in listed)
    taking = {one.country for one in ens_in_transit.stances(regime) if one.joined}
    assert not any(codelist("CL167").has(country) for country in taking)


@pytest.mark.parametrize("regime", ["founding", "current"])
def test_every_country_of_the_zone_with_a_customs_territory_of_its_own_is_connected(regime):
    """Each takes entry data one way or the other from release 3 on (ICS2-05)."""
    parts = {"AX", "GF", "GP", "MC", "MF", "MQ", "RE", "YT"}        # of France and Finland
    zone = {place for place in security_zone.members(regime)
            if len(place) == 2 and security_zone.inside(place, DAY, regime)}
    assert {country for country in zone - parts - {"XI"}
            if ens_in_transit.stance(country, DAY, regime) is None} == set()


def test_nothing_is_taken_before_release_3():
    assert ens_in_transit.stance("SE", date(2024, 2, 29), "founding") is None
    assert ens_in_transit.stance("SE", date(2025, 3, 31), "current") is None
    assert ens_in_transit.opts_in("SE", date(2025, 4, 1), "current")


def test_one_data_set_names_its_ens_in_the_transit():
    data = filings.example() | {"filed": ["26NO324000000001T5"]}
    made = filings.made(data, "transit", datetime(2024, 2, 26, 8, tzinfo=UTC))
    assert (made.missing, made.findings) == ((), ())
    assert [one.plain() for one in made.message.all("Consignment/PreviousDocument")] == [
        {"sequenceNumber": "1", "type": "N355", "referenceNumber": "26NO324000000001T5"}]
