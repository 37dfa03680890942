"""Papers before another program: PDFBox Preflight, which judges PDF/A-1b.

We write PDF/A-2u. The same sheets written as PDF/A-1b must be valid without a finding; and of what
we do write, Preflight may say only what part 2 of the standard allows and part 1 does not.
"""
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tollbod.documents import typeset
from tollbod.play import documents_golden as golden

SOURCE = Path(__file__).parent / "java" / "Archival.java"
JARS = [Path("/usr/share/java") / f"{name}.jar" for name in (
    "preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "javax.activation",
    "jaxb-api")]
# What part 2 allows: that it is part 2, level U, and a colour profile of version 4.
OF_PART_2 = {"7.11.2 Error on MetaData, part must be 1",
             "7.11.1 Error on MetaData, conformance level must be A or B",
             "2.1.6 Invalid graphics object, Invalid version of the ICCProfile"}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """What Preflight finds in every golden document, written in both ways."""
    java, javac = shutil.which("java"), shutil.which("javac")
    if not java or not javac:
        pytest.skip("no JDK on this machine: java and javac are not found")
    if absent := [jar.name for jar in JARS if not jar.exists()]:
        pytest.skip(f"PDFBox Preflight is not here ({', '.join(absent)}): Debian's libpdfbox2-java "
                    "libactivation-java libjaxb-api-java")
    folder, path = tmp_path_factory.mktemp("archival"), ":".join(map(str, JARS))
    subprocess.run([javac, "-cp", path, "-d", folder, SOURCE], check=True, timeout=120)
    told = {}
    with pytest.MonkeyPatch.context() as patch:
        for standard in ("a-1b", "a-2u"):
            patch.setattr(typeset, "STANDARD", standard)
            for case in golden.cases():
                (folder / f"{case.name}.{standard}.pdf").write_bytes(golden.made(case))
    done = subprocess.run([java, "-cp", f"{path}:{folder}", "Archival",
                           *sorted(folder.glob("*.pdf"))], capture_output=True, text=True,
                          timeout=300, check=True)
    for part in done.stdout.split("FILE ")[1:]:
        name, *lines = part.splitlines()
        told[name.removesuffix(".pdf")] = {re.sub(r" *on page.*", "", one) for one in lines}
    return told


def test_written_as_part_1_every_paper_is_valid(judged):
    found = {name: lines for name, lines in judged.items() if name.endswith("a-1b")}
    assert len(found) == len(golden.cases())
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_as_we_write_them_there_is_nothing_but_what_part_2_allows(judged):
    assert typeset.STANDARD == "a-2u"
    found = {name: lines - OF_PART_2 for name, lines in judged.items() if name.endswith("a-2u")}
    assert len(found) == len(golden.cases())
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_preflight_does_find_what_is_wrong(judged, tmp_path):
    """A file without its embedded fonts is told: the engine is not asleep."""
    data = golden.made(next(iter(golden.cases())))
    (tmp_path / "broken.pdf").write_bytes(data.replace(b"/FontFile", b"/FontNone"))
    subprocess.run(["javac", "-cp", ":".join(map(str, JARS)), "-d", tmp_path, SOURCE], check=True)
    done = subprocess.run(["java", "-cp", f"{':'.join(map(str, JARS))}:{tmp_path}", "Archival",
                           tmp_path / "broken.pdf"], capture_output=True, text=True, check=True)
    assert "3." in done.stdout and "font" in done.stdout.lower()
