"""How texts are set in boxes: what is not measured stands where the layout would have put it."""
import random
from datetime import UTC, datetime

import pytest

from tollbod.documents import typeset
from tollbod.spec import boxes

LETTERS = [chr(code) for code in range(0x20, 0x190) if chr(code).isprintable()]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_sure_to_fit_is_where_the_layout_puts_it(monkeypatch, seed):
    """Boxes narrow and wide, with texts of any letters: measured or not, the bytes are the same."""
    chance = random.Random(seed)

    def text(most):
        return "".join(chance.choice("WAVTJil.,1 @" if seed % 2 else LETTERS)
                       for _ in range(chance.randrange(most)))
    page = tuple(
        typeset.Drawn(boxes.Box(5, 5 + 4 * n, chance.uniform(4, 60), chance.uniform(2, 9),
                                frozenset(chance.sample(("beside", "bold", "red", "open"), 2)),
                                chance.choice((4.5, 5, 6.5)), chance.choice((5, 6.5, 8, 10)),
                                text(9), "", ""), text(16)) for n in range(60))
    sheet = typeset.Sheet("Bench", "R", "en", datetime(2026, 5, 4, tzinfo=UTC), (page,))
    sure = [one for one in typeset._plain(sheet)["pages"][0] if "sure" in one]
    assert 2 < len(sure) < 50
    quick = typeset.pdf(sheet)
    monkeypatch.setattr(typeset, "_sure", lambda _told: None)
    assert typeset.pdf(sheet) == quick
