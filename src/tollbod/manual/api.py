"""The page of the HTTP API, read off the OpenAPI description that the web side gives of itself."""
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tollbod.manual.words import page, table
from tollbod.office.node import Node
from tollbod.web import api

BEGIN = """## To begin with

At `./tollbod demo`, as its trader; `officer` in place of the number acts for customs.

```
U=http://127.0.0.1:8400/api/v1
T=$(curl -s $U/token -d grant_type=client_credentials -d client_id=NO310000019 \\
    -d client_secret=demo | sed 's/.*"access_token":"\\([^"]*\\).*/\\1/')
H="Authorization: Bearer $T"

./tollbod filing transit > data.json                  # a declaration whose dates are ahead
./tollbod filing transit data.json > message.xml
curl -s -H "$H" --data-binary @message.xml $U/check          # what is wrong with it
curl -s -H "$H" --data-binary @message.xml $U/messages       # lodged: 202 and a receipt
curl -s -H "$H" "$U/messages?after=0&wait=10"                # what customs answers
curl -s -H "$H" $U/received                                  # what became of it, and why
```"""


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of the page."""
    described = description()
    titles = {tag["name"]: tag.get("description", "") for tag in described.get("tags", ())}
    told: dict[str, list[str]] = {name: [] for name in titles}
    for path, methods in sorted(described["paths"].items()):
        for method, operation in methods.items():
            if "responses" in operation:
                tag = operation.get("tags", ["other"])[0]
                told.setdefault(tag, []).append(_operation(method, path, operation))
    chapters = [part for tag, operations in told.items() if operations
                for part in (f"## {titles.get(tag) or tag}", *operations)]
    yield "api.md", page(
        "The HTTP API", "[Contents](index.md)",
        "A running house describes itself at `/openapi.json` (OpenAPI 3.1), bodies included; this "
        "is the summary. What stands under the test environment is there with `TOLLBOD_TEST=1`.",
        BEGIN, *chapters)


def description() -> dict[str, Any]:
    """Return the OpenAPI description of a house with its test bench; nothing is started."""
    with tempfile.TemporaryDirectory() as folder:
        app = api.app("", Node(("NO",), test=True), "main", folder=Path(folder), pages=False)
        return app.openapi_schema.to_schema()


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    said = operation.get("description") or operation.get("summary", "")
    wanted = [(f"`{one['name']}`", one["in"], "yes" if one.get("required") else "",
               one.get("description", "")) for one in operation.get("parameters", ())]
    answers = [(status, answer.get("description", ""))
               for status, answer in sorted(operation["responses"].items())]
    return "\n\n".join(filter(None, (
        f"### {method.upper()} {path}", said,
        table(("parameter", "in", "required", "what"), wanted),
        table(("status", "when"), answers))))
