"""What one role may ask of another's cases by name: which ENS is filed, which transit holds what.

Read off the addresses of streams, never off what another office has decided. A name that a party
may not know is made of that party's number, so that it finds only its own.
"""
from tollbod.store.records import Place
from tollbod.store.streams import Store

OVER = ("rejected", "cancelled", "not released")    # a transit that takes no goods anywhere


def entry_of(store: Store, world: str, name: str) -> tuple[str, str]:
    """Return the MRN and the filer of an ENS, by its MRN or its transport document; else empty."""
    key = store.address(world, f"filing/{name}") or store.address(world, f"filed/{name}")
    if not key:
        return "", ""
    return _mrn(store, key, "filing"), Place.of(key).case_id.partition(":")[0]


def exit_in(store: Store, world: str, name: str) -> str:
    """Return the MRN of the transit that holds the exit data of a party's transport document.

    `name` is the party and the document (`NO310000019 N730 CMR-1`); empty if there is none.
    """
    key = store.address(world, f"exit data/{name}")
    stream = store.stream(key) if key else None
    return _mrn(store, key, "departure") if stream and stream.phase not in OVER else ""


def _mrn(store: Store, key: str, role: str) -> str:
    names = (name.partition("/") for name in store.addresses(key))
    return next((rest for kind, _, rest in names if kind == role and len(rest) == 18
                 and rest.isalnum()), "")
