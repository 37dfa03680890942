"""How people write a number down, and how it is meant.

Knows white space (the invisible kind that is copied along too) and the case of A to Z. Does not
know any kind of number, nor what is right.
"""
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
CAPITALS = {ord(small): ord(small) - 32 for small in "abcdefghijklmnopqrstuvwxyz"}


def joined(text: str, drop: str = "") -> str:
    """Return the text without white space and the characters in `drop`, a to z as capitals.

    >>> joined(" 24gb 0002\\u00a046j8\\u200b"), joined("csqu 305438-3", drop="-")
    ('24GB000246J8', 'CSQU3054383')
    """
    if text.isascii():                      # nothing of it is invisible
        text = "".join(text.split()).upper()
    else:
        text = "".join(text.translate(INVISIBLE).split()).translate(CAPITALS)
    return text.translate(dict.fromkeys(map(ord, drop))) if drop else text


def tidied(text: str) -> str:
    """Return the text with each run of white space as one space and none around; case is kept.

    >>> tidied("  Seal \\t 12 ")
    'Seal 12'
    """
    return " ".join(text.translate(INVISIBLE).split())
