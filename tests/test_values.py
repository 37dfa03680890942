"""Values by their type: which are right, and what is said of the others, in both languages."""
import pytest

from tollbod.numbers import KINDS
from tollbod.numbers.reference import check_digit
from tollbod.rules.patterns import example
from tollbod.rules.values import fault, normalised, quoted, spans
from tollbod.spec.tables import EVERY_PROFILE, Type, types

TYPES = types("p6")
MANY = Type("m", "xs:token", enum=tuple(f"A{n}" for n in range(13)))
TWELVE = Type("t", "xs:token", enum=tuple("ABCDEFGHIJKL"))
BASE64 = TYPES["base64Binary"]
CAPITALS = "[A-Z]{2,4}"
# What a sentence shows as an example of each type of the tables that lists no values.
EXAMPLES = """
    any=ABCDEFGHIJ any..17=ABCDEFGHIJ
    dateTimeOffset=2026-05-04T08:00:00Z system..14=NES.NO
    text..2048=ABCDEFGHIJ token..291=ABCDEFGHIJ ascii..17=AB-1
    ascii..35=AB-1 ascii..70=AB-1 asciiTrim..17=AB-1
    asciiTrim..35=AB-1 base64Binary=YQ== capital=A capitalOrDigit=A commodity=440710
    container=ABCU1234560 country=NO date=2026-05-04 dateTime=2026-05-04T08:00:00
    dateTimeZ=2026-05-04T08:00:00Z decimal16.2=1.5 decimal16.6=1.5 digits..2=12 digits..4=1234
    digits..5=12345 digits..8=12345678 digits1=1 digits2=12 email=post@example.no
    emailTrim=post@example.no eori=NO310000019 grn=26NO0000000000012 integer0..1999=1
    integer0..999=1 integer0..9999=1 integer0..99999999=1 integer0..999999999=1 integer1..1999=1
    integer1..9=1 integer1..999=1 integer1..99999=1 integer1..99999999=1 language=nb
    latitude=59.91273 letters..3=ABC letters1=A letters2=AB letters3=ABC longitude=10.74609
    mrn=26NO000000000001J6 mrnEns=26NO00000000001CT0 mrnExport=26NO000000000001A4
    mrnPrenotification=26NO3240010S000016 office=NO371001 positive16.2=1.5 positive16.6=1.5
    riskResult=AE text..1024=ABCDEFGHIJ text..17=ABCDEFGHIJ text..20=ABCDEFGHIJ
    text..22=ABCDEFGHIJ text..256=ABCDEFGHIJ text..3=ABC text..35=ABCDEFGHIJ text..4=ABCD
    text..5=ABCDE text..512=ABCDEFGHIJ text..7=ABCDEFG text..70=ABCDEFGHIJ
    text18=ABCDEFGHIJABCDEFGH text2=AB text3=ABC text4=ABCD text6=ABCDEF tirCarnet=XF25000001
    token..10=ABCDEFGHIJ token..140=ABCDEFGHIJ token..17=ABCDEFGHIJ token..3=ABC
    token..35=ABCDEFGHIJ token..4=ABCD token..5=ABCDE token..7=ABCDEFG token..8=ABCDEFGH token1=A
    token10=ABCDEFGHIJ token2=AB token3=ABC token4=ABCD token5=ABCDE token6=ABCDEF
    token8=ABCDEFGH token9=ABCDEFGHI trim..17=ABCDEFGH1 trim..20=ABCDEFGH1 trim..22=ABCDEFGH1
    trim..35=ABCDEFGH1 trim..4=ABCD trim..512=ABCDEFGH1 trim..70=ABCDEFGH1 trim2=AB trim4=ABCD
    unNumber=1203 unlocode=ABCDE year=2026"""


def token(**facets) -> Type:
    """A type of text with these facets."""
    return Type("x", "xs:token", **facets)


@pytest.mark.parametrize(("kind", "texts"), [
    (TYPES["decimal16.2"], ("0", "1.5", "1.50", "1.500", "12345678901234.56", "0.00",
                            "1234567890123456", "1234567890123456.0")),
    (TYPES["positive16.2"], ("0.01", "0.010", "10")),
    (TYPES["integer1..1999"], ("1", "1999", " 7 ")),
    (TYPES["integer0..9999"], ("0", "9999")), (Type("i", "xs:integer"), ("-7", "9" * 5000)),
    (Type("n", "xs:integer", min_inclusive=-5), ("-5", "9" * 5000)),
    (Type("m", "xs:integer", max_inclusive=5), ("5", "-" + "9" * 5000)),
    (Type("f", "xs:decimal", fraction_digits=2), ("9" * 99, "0.12")),
    (Type("g", "xs:decimal", total_digits=3), ("123", "0.12", "00.1230", "1.23")),
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
    (Type("date", "xs:date"), "", "40", "is empty. Leave it out, or give a date, year-month-day",
     "er tomt. Utelat det, eller gi en dato, år-måned-dag"),
    (Type("g", "xs:decimal", total_digits=3), "1.234", "39", "has 4 digits", "har 4 sifre"),
    (Type("f", "xs:decimal", fraction_digits=2), "0.123", "39", "has 3 dec", "har 3 des"),
    (TYPES["digits2"], "1a", "53", 'is digits, such as "12".', "være sifre, for eksempel «12»."),
    (TWELVE, "a", "12", '"a" is not one of A, B, C, D, E, F, G, H, I, J, K, L.',
     "«a» er ikke en av A, B, C, D, E, F, G, H, I, J, K, L."),
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


def test_examples():
    """An example is of its type's kind and length; a number's check digit is right as well."""
    kinds = {name: kind for profile in EVERY_PROFILE for name, kind in types(profile).items()}
    shown = {name: example(kind) for name, kind in kinds.items() if kind.enum is None}
    assert shown.pop("campaign") == "NO test"
    assert shown == dict(one.split("=", 1) for one in EXAMPLES.split())
    for name in ("mrn", "grn", "eori", "office", "container"):
        assert KINDS[name].module.check(shown[name]) == [], name
    for name in ("mrnExport", "mrnEns", "mrnPrenotification"):
        assert str(check_digit(shown[name][:-1])) == shown[name][-1]
    assert example(Type("few", "xs:token", enum=("B", "C"))) == "B"
    assert example(Type("size", "xs:token", max_length=4)) == "ABCD"
    assert example(Type("size", "xs:token", length=3)) == "ABC"
    assert example(Type("integer2..9", "xs:integer", min_inclusive=2)) == "2"
    assert example(Type("integer", "xs:integer")) == "1"


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
