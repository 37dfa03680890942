"""The manual is what specification and code say now, and every link in it leads somewhere.

TEST-06, TEST-07: the message manual is open, in English and Norwegian.
"""
import re

import pytest
from tollbod.manual import messages, roles, words, write
from tollbod.office.roles import ROLES
from tollbod.spec import tables

LINK = re.compile(r"\]\(([\w./-]+\.md)(?:#([^)]*))?\)")


@pytest.fixture(scope="module")
def pages():
    return write.pages()


def test_the_manual_is_not_stale(pages):
    """What lies in docs/manual is what would be written: run ./tollbod manual and commit it."""
    there = {str(path.relative_to(write.FOLDER)): path.read_text("utf-8")
             for path in write.FOLDER.rglob("*") if path.is_file()}
    stale = sorted(path for path in pages.keys() | there.keys()
                   if pages.get(path) != there.get(path))
    assert not stale, f"./tollbod manual writes anew: {', '.join(stale[:10])}"


def test_writing_is_repeatable(tmp_path, capsys):
    """Two runs write the same bytes, and what is no page is taken out."""
    (tmp_path / "old.md").write_text("gone")
    write.run(tmp_path)
    first = {path: path.read_bytes() for path in tmp_path.rglob("*.md")}
    write.run(tmp_path)
    assert first == {path: path.read_bytes() for path in tmp_path.rglob("*.md")}
    assert not (tmp_path / "old.md").exists()


def test_every_link_leads_somewhere(pages):
    """A link is to a page of the manual, with its heading, or to a file of the checkout."""
    headings = {path: {messages.anchor(line.lstrip("# ")) for line in text.splitlines()
                       if line.startswith("#")} for path, text in pages.items()}
    for path, text in pages.items():
        folder = (write.FOLDER / path).parent
        for target, heading in LINK.findall(text):
            found = (folder / target).resolve()
            if not found.is_relative_to(write.FOLDER):
                assert found.exists(), f"{path}: {target}"
                continue
            name = str(found.relative_to(write.FOLDER))
            assert name in pages, f"{path}: {target}"
            assert not heading or heading in headings[name], f"{path}: {target}#{heading}"


def test_every_message_has_its_page(pages):
    """All messages of phase 6, IE015 within two clicks of the first page."""
    assert {f"messages/{root}.md" for root in tables.roots("p6")} <= pages.keys()
    assert "messages/CC015C.md" in pages["index.md"]
    assert "messages/CC015C.md" in pages["nb/index.md"]


def test_the_life_of_a_transit_is_told_in_norwegian():
    """What passes in a life, and every state, wait and act, has its bokmål."""
    for root in messages.LIFE + messages.REFUSALS:
        assert words.norwegian("message", tables.ie_of(root)), root
    for role in ROLES.values():
        assert words.norwegian("role", role.name) and role.name in roles.NB_PAGES
        assert all(wait.nb for wait in role.waits.values())
