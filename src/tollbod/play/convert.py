"""`tollbod convert FILE --to xml|json|edifact`: the same message in another form."""
import sys
from pathlib import Path

from tollbod.play import interchanges, ncts_edifact
from tollbod.play.files import FINE, complain, read
from tollbod.wire import forms
from tollbod.wire.message import Unreadable


def run(file: Path, to: str) -> int:
    """Write the message to standard output in the form; a faulty message is converted as it is.

    What only XML can hold and no message may (foreign attributes, text between elements) is told
    and left out. Returns 0, or 2 if the file or the form cannot be had.
    """
    with interchanges.opened(file) as stream:
        if stream is not None:
            return interchanges.convert(stream, file, to)
    try:
        message = read(file)
    except Unreadable as fault:
        return complain("convert", file, fault)
    if to == "edifact":
        return ncts_edifact.to_edifact(message, file)
    for stray in message.stray:
        what = f"attribute {stray.name}" if stray.name else f'text "{stray.value[:40]}"'
        print(f"tollbod convert: {file}:{stray.line}: left out: the {what} in {stray.path}",
              file=sys.stderr)
    sys.stdout.buffer.write(forms.write(message, to))
    sys.stdout.buffer.flush()
    return FINE
