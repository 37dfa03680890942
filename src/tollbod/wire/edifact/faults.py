"""What is wrong with an interchange, where, in the standard's own words (code list 0085).

A fault has a level, which says where CONTRL tells it: interchange (UCI), group (UCF), message
(UCM), segment (UCS) or element (UCD). Sentences stand in a table, English and bokmål.
"""
from typing import NamedTuple

from tollbod.findings import Finding

# Most faults told of one message and of one interchange; the rest is not looked for.
MAX_FAULTS = 500
MAX_FAULTS_INTERCHANGE = 5_000


class Fault(NamedTuple):
    """One fault. Elements are counted as CONTRL does: the tag is 1, the first element 2."""

    key: str                # a row of SAYINGS
    level: str              # interchange, group, message, segment or element
    tag: str
    path: str               # UNH[1]/SG30[2]/FTX[1]/C108/4440
    offset: int             # byte in the file
    line: int
    segment: int = 0        # number in the message, UNH is 1; 0: outside messages
    element: int = 0
    component: int = 0      # 0: the element is simple, or all of it is meant
    repeat: int = 0         # 0: the first occurrence
    said: tuple = ()        # what the sentence needs
    value: str = ""

    @property
    def code(self) -> str:
        """Return the code of list 0085."""
        return SAYINGS[self.key][0]

    @property
    def place(self) -> str:
        """Return where it is in numbers: `segment 5 element 2 component 1`."""
        names = ("segment", self.segment), ("element", self.element), ("component", self.component)
        return " ".join(f"{name} {number}" for name, number in names if number)

    def text(self, language: str = "en") -> str:
        """Return the sentence in English or bokmål (nb)."""
        said = [plain(one) if isinstance(one, str) else one for one in self.said]
        return SAYINGS[self.key][2 if language == "nb" else 1].format(
            *said, tag=self.tag, value=shown(self.value))

    def finding(self, where: str = "") -> Finding:
        """Return it as a finding; `where` stands before the path (`UNB[2]/`)."""
        numbers = f" ({self.place}, byte {self.offset})" if self.segment else \
            f" (byte {self.offset})"
        numbers_nb = numbers.replace("component", "komponent")
        return Finding("codes" if self.key == "code" else "schema", self.code,
                       f"0085/{self.code}", where + self.path, self.line, self.text() + numbers,
                       self.text("nb") + numbers_nb, plain(self.value[:200]))


def shown(value: str) -> str:
    """Return a value as it can be shown: short, printable.

    >>> shown("A" * 60), shown("st\\x07l")
    ('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA...', 'st\\\\x07l')
    """
    return plain(value[:40] + ("..." if len(value) > 40 else ""))


def plain(value: str) -> str:
    """Return a text that can be printed and sent: all else, bytes of no character too, is \\xNN.

    >>> plain("st\\udcd8l, 3 mm\\n")
    'st\\\\xd8l, 3 mm\\\\x0a'
    """
    if value.isprintable():
        return value
    return "".join(one if one.isprintable() else f"\\x{ord(one) & 0xff:02x}"
                   if ord(one) < 256 or "\udc80" <= one <= "\udcff" else f"\\u{ord(one):04x}"
                   for one in value)


# fmt: off
SAYINGS = {
    # the interchange and its envelope
    "una":       ("20", "UNA makes \"{0}\" a service character, which it cannot be, or not twice. Write UNA:+.? ' or leave UNA out.",
                        "UNA gjør «{0}» til tjenestetegn, noe det ikke kan være, eller ikke to ganger. Skriv UNA:+.? ' eller utelat UNA."),
    "version":   ("2",  "Syntax version \"{value}\" is not one of 1 to 4. Write for instance UNOC:3.",
                        "Syntaksversjon «{value}» er ikke en av 1 til 4. Skriv for eksempel UNOC:3."),
    "level":     ("2",  "Repertoire {value} is not one of syntax version {0}. Write UNOA, UNOB or UNOC, or in version 4 also UNOD to UNOK, UNOX or UNOY.",
                        "Tegnsettet {value} hører ikke til syntaksversjon {0}. Skriv UNOA, UNOB eller UNOC, eller i versjon 4 også UNOD til UNOK, UNOX eller UNOY."),
    "bom":       ("21", "A byte order mark stands before the interchange. Send it without.",
                        "Et BOM-merke står foran utvekslingen. Send den uten."),
    "before":    ("33", "\"{value}\" stands before the interchange. Nothing may stand before UNA or UNB.",
                        "«{value}» står foran utvekslingen. Ingenting kan stå foran UNA eller UNB."),
    "after":     ("33", "\"{value}\" stands after UNZ. Nothing but another interchange may.",
                        "«{value}» står etter UNZ. Bare en ny utveksling kan stå der."),
    "nested":    ("33", "{tag} stands inside another {0}. End that with {1} first.",
                        "{tag} står inne i en annen {0}. Avslutt den med {1} først."),
    "outside":   ("33", "{tag} stands outside a message. Put it between UNH and UNT, or remove it.",
                        "{tag} står utenfor en melding. Sett den mellom UNH og UNT, eller fjern den."),
    "blanks":    ("33", "Blanks stand before \"{value}\". Nothing but ends of lines may stand between segments.",
                        "Blanke tegn står foran «{value}». Bare linjeskift kan stå mellom segmenter."),
    "mixed":     ("30", "Messages stand both in groups (UNG) and beside them. Use groups for all of them or for none.",
                        "Meldinger står både i grupper (UNG) og ved siden av dem. Bruk grupper for alle eller for ingen."),
    "no trailer": ("13", "{0} is missing: what {1} begins must end with it.",
                        "{0} mangler: det som {1} begynner, må slutte med den."),
    "cut":       ("13", "The file ends in the middle of a segment: no {0} ends \"{value}\". Send the whole file.",
                        "Filen slutter midt i et segment: «{value}» avsluttes ikke av {0}. Send hele filen."),
    "dangling":  ("22", "The file ends with the release character {0}, which releases nothing. Send the whole file.",
                        "Filen slutter med frigjøringstegnet {0}, som ikke frigjør noe. Send hele filen."),
    "count":     ("29", "{tag} says {value}, but the number of {1} here is {0}. Write {0}.",
                        "{tag} sier {value}, men antallet {2} her er {0}. Skriv {0}."),
    "reference": ("28", "{tag} has the reference \"{value}\", but {0} has \"{1}\". They must be the same.",
                        "{tag} har referansen «{value}», men {0} har «{1}». De må være like."),
    "empty":     ("32", "There is no message between {0} and {tag}. Send at least one.",
                        "Det er ingen melding mellom {0} og {tag}. Send minst én."),
    "duplicate": ("26", "Reference \"{value}\" in {tag} has been used before. Give each its own.",
                        "Referansen «{value}» i {tag} er brukt før. Gi hver sin egen."),
    "recipient": ("7",  "\"{value}\" is not the address of this recipient.",
                        "«{value}» er ikke adressen til denne mottakeren."),
    "sender":    ("23", "\"{value}\" is not a known sender here.",
                        "«{value}» er ikke en kjent avsender her."),
    "test":      ("25", "Test indicator {value} (0035) is not taken here. Leave it out, or in a test environment write 1.",
                        "Testindikatoren {value} (0035) tas ikke imot her. Utelat den, eller skriv 1 i et testmiljø."),
    "package":   ("47", "{tag} begins or ends a package, which is not taken here. Send messages only.",
                        "{tag} begynner eller avslutter en pakke, som ikke tas imot her. Send bare meldinger."),
    "security":  ("27", "{tag} is a security segment, and security is not agreed on. Send without.",
                        "{tag} er et sikkerhetssegment, og sikkerhet er ikke avtalt. Send uten."),
    "group type": ("31", "A message {value} stands in a group of {0}. Put each type in its own group.",
                        "En melding {value} står i en gruppe for {0}. Sett hver type i sin egen gruppe."),
    "limit":     ("18", "There are more than {0} {1}; the rest is not read. Split it.",
                        "Det er flere enn {0} {2}; resten leses ikke. Del det opp."),
    # messages
    "type":      ("3",  "Message {value} is not known here. Known are {0}.",
                        "Meldingen {value} er ikke kjent her. Kjent er {0}."),
    # segments
    "tag":       ("6",  "\"{value}\" is no segment of the directory. Correct the tag; an apostrophe in text is written ?'.",
                        "«{value}» er ikke et segment i katalogen. Rett koden; en apostrof i tekst skrives ?'."),
    "position":  ("15", "{tag} may not stand here. Expected is {0}.",
                        "{tag} kan ikke stå her. Ventet er {0}."),
    "missing":   ("13", "{tag} is missing here: {0} comes after it. Add it.",
                        "{tag} mangler her: {0} kommer etter. Føy det til."),
    "times":     ("35", "{tag} stands more than {0} times here. Send at most {0}.",
                        "{tag} står mer enn {0} ganger her. Send høyst {0}."),
    "group times": ("36", "Group {1}, which {tag} begins, stands more than {0} times. Send at most {0}.",
                        "Gruppen {1}, som {tag} begynner, står mer enn {0} ganger. Send høyst {0}."),
    "elements":  ("8",  "{tag} has {0} elements; it can have {1}. Remove the last ones, or release a {2} in the text.",
                        "{tag} har {0} elementer; den kan ha {1}. Ta bort de siste, eller frigjør en {2} i teksten."),
    "nesting":   ("34", "The tag {tag} has an indication of nesting (\"{value}\"), which messages here do not use. Write the tag alone.",
                        "Koden {tag} har en nivåangivelse («{value}»), som meldinger her ikke bruker. Skriv bare koden."),
    # elements
    "element missing": ("13", "{0} ({1}) is missing. Add it.",
                        "{0} ({1}) mangler. Føy det til."),
    "components": ("16", "{0} ({1}) has {2} components; it can have {3}. Remove the last ones, or release a {4} in the text.",
                        "{0} ({1}) har {2} komponenter; det kan ha {3}. Ta bort de siste, eller frigjør et {4} i teksten."),
    "repeats":   ("35", "{0} ({1}) stands {2} times; it can stand {3}. Remove the last ones.",
                        "{0} ({1}) står {2} ganger; det kan stå {3}. Ta bort de siste."),
    "code":      ("12", "\"{value}\" is not a value of code list {0} ({1}).{2}",
                        "«{value}» er ikke en verdi i kodelisten {0} ({1}).{3}"),
    "value":     ("12", "\"{value}\" cannot be the {0}. Expected is {1}.",
                        "«{value}» kan ikke være {0}. Ventet er {2}."),
    "long":      ("39", "{0} ({1}) has {2} characters; at most {3} are allowed. Shorten it.",
                        "{0} ({1}) har {2} tegn; høyst {3} er tillatt. Kort det ned."),
    "short":     ("40", "{0} ({1}) has {2} characters; exactly {3} are needed.",
                        "{0} ({1}) har {2} tegn; det skal være nøyaktig {3}."),
    "numeric":   ("37", "{0} ({1}) is \"{value}\"; it must be a number. Write digits only.",
                        "{0} ({1}) er «{value}»; det skal være et tall. Skriv bare sifre."),
    "letters":   ("37", "{0} ({1}) is \"{value}\"; it must be letters only.",
                        "{0} ({1}) er «{value}»; det skal bare være bokstaver."),
    "decimal":   ("19", "{0} ({1}) is \"{value}\"; the decimal mark here is \"{2}\", at most one, with digits on both sides.",
                        "{0} ({1}) er «{value}»; desimaltegnet her er «{2}», høyst ett, med sifre på begge sider."),
    "digit":     ("38", "{0} ({1}) is \"{value}\"; write a digit before the decimal mark (0{2}5).",
                        "{0} ({1}) er «{value}»; skriv et siffer foran desimaltegnet (0{2}5)."),
    "strange":   ("21", "The character \"{value}\" is not one of repertoire {0}. Write another, or announce a repertoire that has it.",
                        "Tegnet «{value}» hører ikke til tegnsettet {0}. Skriv et annet, eller oppgi et tegnsett som har det."),
    "huge":      ("39", "The segment is longer than {0} characters; the rest of it was not read. Shorten it, or release nothing but single characters.",
                        "Segmentet er lengre enn {0} tegn; resten er ikke lest. Kort det ned."),
}
# fmt: on
MEANINGS = {
    "2": "syntax version or level not supported", "3": "message version or type not supported",
    "6": "segment invalid", "7": "not the actual recipient", "8": "too many elements",
    "12": "invalid value", "13": "missing", "15": "not supported in this position",
    "16": "too many components", "18": "unspecified", "19": "invalid decimal notation",
    "20": "invalid service character", "21": "invalid character", "22": "invalid use of a mark",
    "23": "unknown sender", "25": "test not supported", "26": "duplicate",
    "27": "security not supported", "28": "references do not match", "29": "count does not match",
    "30": "groups and messages mixed", "31": "more than one type in a group", "32": "empty",
    "33": "outside a message or group", "34": "nesting not allowed", "35": "too many repetitions",
    "36": "too many groups", "37": "wrong type of character", "38": "digit missing",
    "39": "too long", "40": "too short", "47": "not a supported envelope",
}
