"""The paths that explain: what a condition or a rule demands, for traders' software. No token."""
from difflib import get_close_matches

from litestar import get
from litestar.params import FromPath

from tollbod.rules.explain import everything, explain
from tollbod.web.answers import RuleAnswer
from tollbod.web.documented import NOT_FOUND
from tollbod.web.problems import Problem


@get("/rules", tags=["rules"], sync_to_thread=True)
def rules() -> list[RuleAnswer]:
    """All conditions and rules: what they demand, where they stand, whether they are judged."""
    return [RuleAnswer(**told) for told in everything()]


@get("/rules/{id:str}", tags=["rules"], responses={404: NOT_FOUND}, sync_to_thread=True)
def rule(id: FromPath[str]) -> RuleAnswer:
    """What one condition (C), rule (R) or guideline (G) demands, in English and bokmål."""
    told = explain(id.upper())
    if told is None:
        near = get_close_matches(id.upper(), [one["id"] for one in everything()], 1)
        hint, tips = (f"; did you mean {near[0]}?", f"; mente du {near[0]}?") if near else ("", "")
        raise Problem(404, "No such rule", f"no condition or rule has this id{hint}",
                      f"ingen betingelse eller regel har denne id-en{tips}")
    return RuleAnswer(**told)
