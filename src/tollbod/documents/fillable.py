"""A blank or half-filled form as one HTML file: filled in on screen, printed, or sent by e-mail.

It fetches nothing and runs no program: it opens from a disk with no network. `mail` is where the
browser's mail program is told to send it (BCP-05, PRE-BCP-02).
"""
from html import escape

from tollbod.documents import kinds
from tollbod.documents.content import Known
from tollbod.documents.typeset import Drawn
from tollbod.wire.message import Message

STYLE = """@page{size:A4;margin:0}body{margin:0;font-family:Arial,sans-serif}
.page{position:relative;width:210mm;height:297mm;page-break-after:always}
.box{position:absolute;box-sizing:border-box;border:.35pt solid #000;overflow:hidden}
.open{border:0}.box label{display:block;margin:.4mm .5mm 0}.bold label{font-weight:bold}
.box textarea{width:100%;border:0;resize:none;font:8pt Arial,sans-serif;padding:0 .5mm;
background:#eef4ff;box-sizing:border-box}
.do{position:fixed;right:4mm;bottom:4mm;font-size:10pt}
@media print{.box textarea{background:none}.do{display:none}}"""
WORDS = {"en": ("Send by e-mail", "Print with the browser, or send to"),
         "nb": ("Send som e-post", "Skriv ut fra nettleseren, eller send til")}


def html(kind: str, message: Message | None, language: str, known: Known) -> bytes:
    """Return a form to be filled in. Raises NotOfThis with the reason."""
    mail = known.get("mail", "")
    sheet = kinds.sheet(kind, message, language, known)
    pages = "".join(f'<div class="page">{"".join(_box(n, one, language) for n, one in page)}</div>'
                    for page in map(enumerate, sheet.pages))
    send, how = WORDS[language]
    button = (f'<div class="do">{escape(how)} {escape(mail)}: '
              f"<button>{escape(send)}</button></div>") if mail else ""
    return (f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
            f"<title>{escape(sheet.title)}</title><style>{STYLE}</style>"
            f'<form method="post" enctype="text/plain" action="mailto:{escape(mail)}?subject='
            f'{escape(sheet.title)}">{pages}{button}</form></html>').encode()


def _box(number: int, one: Drawn, language: str) -> str:
    box = one.box
    label = box.nb if language == "nb" else box.label
    place = (f"left:{box.x}mm;top:{box.y + one.down:.1f}mm;width:{box.w}mm;height:{box.h}mm;"
             f"font-size:{box.label_points}pt")
    field = ""
    if box.content and not box.content.startswith(("if ", "unless ")):
        name = escape(box.number or label, quote=True)
        high = max(box.h - 3.5, 3)
        field = (f'<textarea id="b{number}" name="{name}" style="height:{high:.1f}mm">'
                 f"{escape(one.value)}</textarea>")
    classes = " ".join(sorted({"box"} | (box.style & {"open", "bold"})))
    return (f'<div class="{classes}" style="{place}"><label for="b{number}">{escape(label)}</label>'
            f"{field}</div>")
