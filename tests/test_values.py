"""Values by their type: which are right, and what is said of the others, in both languages."""
import pytest

from tollbod.rules.values import fault, normalised, quoted, spans
from tollbod.spec.tables import Type, types

TYPES = types("p6")
MANY = Type("m", "xs:token", enum=tuple(f"A{n}" for n in range(13)))
TWELVE = Type("t", "xs:token", enum=tuple("ABCDEFGHIJKL"))
BASE64 = TYPES["base64Binary"]
CAPITALS = "[A-Z]{2,4}"


def token(**facets) -> Type:
    """A type of text with these facets."""
    return Type("x", "xs:token", **facets)


@pytest.mark.parametrize(("kind", "texts"), [
    (TYPES["decimal16.2"], ("0", "1.5", "1.50", "1.500", "12345678901234.56", "0.00",
                            "1234567890123456", "1234567890123456.0")),
    (TYPES["positive16.2"], ("0.01", "0.010", "10")),
    (TYPES["integer1..1999"], ("1", "1999", " 7 ")),
    (TYPES["integer0..9999"], ("0", "9999")),
    (TYPES["date"], ("2024-02-29", "2026-12-31")),
    (TYPES["dateTime"], ("2026-05-04T00:00:00", "2026-05-04T23:59:59", "2026-05-04T24:00:00",
                         "2026-05-04T19:08:00", "2026-05-04T20:08:00")),
    (BASE64, ("", "YWJj", "YWI=", "YQ==", "Y Q = =", "YWJjYQ==")),
    (MANY, ("A0", "A12")), (TWELVE, ("A", "L")),
    (token(length=3), ("ABC",)), (token(min_length=2), ("AB", "A" * 99)),
    (token(max_length=2), ("", "A", "AB")), (token(), ("", "anything")),
    (token(patterns=(CAPITALS,)), ("AB", "ABCD")), (token(patterns=("[A-Z]{3}",)), ("ABC",)),
    (token(max_length=3, patterns=(CAPITALS,)), ("ABC",)),
], ids=lambda one: getattr(one, "name", ""))
def test_right(kind, texts):
    assert [fault(kind, text) for text in texts] == [None] * len(texts)


@pytest.mark.parametrize(("kind", "text", "code", "english", "bokmaal"), [
    (TYPES["decimal16.2"], "123456789012345.67", "39", '"123456789012345.67" has 17 digits: at '
     "most 16.", "«123456789012345.67» har 17 sifre: høyst 16."),
    (TYPES["decimal16.2"], "12345678901234567", "39", "has 17 digits", "har 17 sifre"),
    (TYPES["decimal16.2"], "0.123", "39", '"0.123" has 3 decimals: at most 2.',
     "«0.123» har 3 desimaler: høyst 2."),
    (TYPES["decimal16.2"], "1.1230", "39", "has 3 decimals", "har 3 desimaler"),
    (TYPES["decimal16.2"], "1e3", "50", '"1e3" is not a number with a point',
     "«1e3» er ikke et tall med punktum"),
    (TYPES["decimal16.2"], ".", "50", "is not a number", "er ikke et tall"),
    (TYPES["decimal16.2"], "", "40", "the element is empty. Leave it out, or give a number with",
     "elementet er tomt. Utelat det, eller gi et tall med"),
    (TYPES["integer1..1999"], "0", "54", '"0" is too low: the lowest is 1.',
     "«0» er for lavt: det laveste er 1."),
    (TYPES["integer1..1999"], "2000", "55", '"2000" is too high: the highest is 1999.',
     "«2000» er for høyt: det høyeste er 1999."),
    (TYPES["integer1..1999"], "9" * 39, "55", "is too high", "er for høyt"),
    (TYPES["integer1..1999"], "9" * 9000, "55", "is too high", "er for høyt"),
    (TYPES["integer1..1999"], "-" + "9" * 9000, "54", "is too low", "er for lavt"),
    (TYPES["integer1..1999"], "1.5", "50", "is not a whole number", "er ikke et helt tall"),
    (TYPES["integer1..1999"], "01", "51", '"01" does not fit. Wanted is a whole number without '
     'leading zeros, such as "1".', "«01» passer ikke. Det skal være et helt tall uten ledende "
     "nuller, for eksempel «1»."),
    (MANY, "a13", "12", "A10, A11 and more. Did you mean A3?", "A10, A11 og flere. Mente du A3?"),
    (MANY, "zzzz", "12", "A10, A11 and more.", "A10, A11 og flere."),
    (MANY, "A12" + " " * 3 + "x" * 30, "12", "A11 and more.", "A11 og flere."),
    (TWELVE, "M", "12", '"M" is not one of A, B, C, D, E, F, G, H, I, J, K, L.',
     "«M» er ikke en av A, B, C, D, E, F, G, H, I, J, K, L."),
    (token(length=3), "AB", "40", '"AB" has 2 characters, too few: exactly 3.',
     "«AB» har 2 tegn, for få: nøyaktig 3."),
    (token(length=3), "ABCD", "39", '"ABCD" has 4 characters, too many: exactly 3.',
     "«ABCD» har 4 tegn, for mange: nøyaktig 3."),
    (token(min_length=2, max_length=4), "A", "40", '"A" has 1 character, too few: at least 2.',
     "«A» har 1 tegn, for få: minst 2."),
    (token(max_length=2), "ABC", "39", '"ABC" has 3 characters, too many: at most 2.',
     "«ABC» har 3 tegn, for mange: høyst 2."),
    (token(min_length=1), "", "40", "the element is empty. Leave it out, or give a text.",
     "elementet er tomt. Utelat det, eller gi en tekst."),
    (token(patterns=(CAPITALS,)), "A", "40", "too few: at least 2.", "for få: minst 2."),
    (token(patterns=(CAPITALS,)), "ABCDE", "39", "too many: at most 4.", "for mange: høyst 4."),
    (token(max_length=3, patterns=(CAPITALS,)), "ABCD", "39", "at most 3.", "høyst 3."),
    (token(max_length=9, patterns=(CAPITALS,)), "ABCDE", "39", "at most 4.", "høyst 4."),
    (token(min_length=3, patterns=(CAPITALS,)), "AB", "40", "at least 3.", "minst 3."),
    (token(patterns=("A.*",)), "", "40", "the element is empty", "elementet er tomt"),
    (token(patterns=("A.*",)), "B", "51", '"B" does not fit. Wanted is a text.',
     "«B» passer ikke. Det skal være en tekst."),
    (token(patterns=(CAPITALS,)), "ABc", "53", '"ABc" has the character "c" (U+0063), which may '
     "not stand here. Wanted is a text.", '«ABc» har tegnet "c" (U+0063), som ikke kan stå her. '
     "Det skal være en tekst."),
    (token(patterns=("[A-Z]+",)), "AB\u2028", "53", "U+2028", "U+2028"),
    (TYPES["country"], "no", "53", '"n" (U+006E)', '"n" (U+006E)'),
    (TYPES["date"], "2026-05-4", "50", "is not a date, year-month-day", "er ikke en dato, år-mån"),
    (TYPES["date"], "2026-02-29", "50", "is not a date", "er ikke en dato"),
    (TYPES["dateTime"], "2026-05-04T08:00", "50", "is not a date and time", "er ikke en dato og"),
    (TYPES["dateTime"], "2026-05-04T24:00:01", "50", "is not a date", "er ikke en dato"),
    (TYPES["dateTime"], "2026-13-04T08:00:00", "50", "is not a date", "er ikke en dato"),
    *((BASE64, text, "50", f'"{text}" is not bytes in base64, such as "YQ==".',
       f"«{text}» er ikke byte i base64, for eksempel «YQ==».")
      for text in ("Y", "YWJ=", "YWJjZ", "Y=Q=", "YQ===", "Yx==", "YQ=", "YWJjZA=", "=")),
], ids=lambda one: getattr(one, "name", str(one)[:20]))
def test_wrong(kind, text, code, english, bokmaal):
    found = fault(kind, text)
    assert found.code == code
    assert english in found.text and found.text.endswith(english[-1:] if "?" in english else ".")
    assert bokmaal in found.nb and ("Did you mean" in found.text) == ("Mente du" in found.nb)
    assert ("Did you mean" in found.text) == ("Did you mean" in english)


def test_white_space_is_folded_as_the_type_says():
    plain, collapsed = Type("n", "xs:normalizedString"), Type("t", "xs:token")
    assert [normalised(plain, text) for text in ("\ta\r\nb ", "a  b")] == [" a  b ", "a  b"]
    assert [normalised(collapsed, text) for text in ("\ta\r\nb ", "a  b")] == ["a b", "a b"]


def test_spans_are_the_narrowest():
    assert spans(token()) == (0, None)
    assert spans(token(length=5)) == (5, 5)
    assert spans(token(min_length=2, max_length=9, patterns=("[A-Z]{3}",))) == (3, 3)
    assert spans(token(min_length=4, max_length=6, patterns=(".{1,8}",))) == (4, 6)
    assert spans(token(patterns=(".{2,8}", "[a-z]{3,5}"))) == (3, 5)
    assert spans(token(patterns=("A+",))) == (1, None)
    assert spans(token(patterns=("A*",))) == (0, None)


def test_long_values_are_cut_in_sentences():
    assert quoted("x" * 60) == f'"{"x" * 60}"' and quoted("x" * 60, "nb") == f"«{'x' * 60}»"
    assert quoted("x" * 61) == f'"{"x" * 60}..."' and quoted("x" * 61, "nb") == f"«{'x' * 60}...»"
