"""The countries whose national profile we know; nothing registers itself by being imported."""
from functools import cache
from typing import Any

from tollbod.national import profile
from tollbod.national.profile import Profile

# country: time zone of its offices
ZONES = {
    "NO": "Europe/Oslo",
    "SE": "Europe/Stockholm",
    "DE": "Europe/Berlin",
    "GB": "Europe/London",
    "XI": "Europe/London",
}


# Great Britain and Northern Ireland, as their national trader test programme plays them.
_UNITED_KINGDOM = {"accepted_by_officer": True, "release_minutes": 45,
                   "cancels_after_release": False, "writes_off_minor": True,
                   "presentation_minutes": 45}
# Where a country departs from the plain profile (that of the founding documents, Norway).
WAYS: dict[str, dict[str, Any]] = {
    "GB": _UNITED_KINGDOM | {"shares_register_with": ("XI",)},
    "XI": _UNITED_KINGDOM | {"shares_register_with": ("GB",)},
}


@cache
def of(country: str) -> Profile:
    """Return the profile of a country; KeyError for one that has no folder."""
    return profile.read(country, ZONES[country], **WAYS.get(country, {}))
