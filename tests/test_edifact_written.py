"""The quick way of writing segments says what the careful one says, whatever the values hold."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tollbod.wire.edifact.marks import DEFAULT
from tollbod.wire.edifact.tokens import Repeated
from tollbod.wire.edifact.write import _carefully, _plainly, text

SIGNS = some.sampled_from("ab'+:?*,]]é€}")
TRAPS = some.sampled_from(["]],[[", "],[", ",", "],", ",[", '"', '",', "\\", "[]", ""])
PLAIN = some.text(SIGNS, min_size=1, max_size=4)
VALUE = PLAIN | TRAPS | some.text(some.characters(), max_size=3)
REPEATED = some.builds(Repeated, some.lists(some.lists(VALUE, min_size=1, max_size=2), min_size=1,
                                            max_size=3))
ELEMENT = some.lists(VALUE, max_size=3) | REPEATED
MARKS = some.sampled_from([DEFAULT, DEFAULT._replace(repetition="*"),
                           DEFAULT._replace(element="|"), DEFAULT._replace(release="")])


def segments(element, tag):
    return some.lists(some.builds(lambda first, more: [[first], *more], tag,
                                  some.lists(element, max_size=4)), max_size=5)


@settings(max_examples=300, deadline=None)
@given(segments(ELEMENT, VALUE), MARKS)
def test_any_values_are_written_the_same(rows, marks):
    assert text(rows, marks) == _carefully(rows, marks)


@settings(max_examples=200, deadline=None)
@given(segments(some.lists(PLAIN.map("{}z".format), min_size=1, max_size=3),
                some.just("FTX")).filter(bool))
def test_plain_values_are_written_quickly(rows):
    assert _plainly(rows, "?", "") == _carefully(rows, DEFAULT)


@pytest.mark.parametrize("value", ["]],[[", "],[", ",", ",[", '","', "[", '"'])
@pytest.mark.parametrize("place", range(4))
def test_what_looks_like_the_marks_between_values_is_text(value, place):
    values = ["a", "b", "c", "d"]
    values[place] = value
    for rows in ([[["FTX"], values]], [[["FTX"], *([one] for one in values)]],
                 [[[one]] for one in values]):
        assert text(rows) == _carefully(rows, DEFAULT)
