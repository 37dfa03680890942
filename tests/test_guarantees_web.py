"""Guarantees over HTTP: headroom, forecast, statement, access codes by number, the register."""
from web_house import GRN, declaration, problem, site, world  # noqa: F401

LIST = """grn;type;holder;guarantor;amount;currency;valid_to;access_codes
26NO3650010000505;1;NO310000019;DE100000001;20000.00;EUR;2030-12-31;LI01 LI02
26NO3650010000602;X;NO310000019;;1.00;EUR;;
26NO3650010000505;1;NO310000019;;1.00;EUR;;
26NO3650010000709;0;NO310000019;;many;NOK;2030-02-31;
"""


def test_the_holder_knows_what_is_free_and_when_more_will_be(world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    told = world.holder.get(f"/guarantees/{GRN}", params={"amount": "9000.00"}).json()
    bound = told["reference_cent"] - told["available_cent"]
    assert bound > 0 and told["movements"] == [mrn]
    usage, = told["usages"]
    assert (usage["mrn"], usage["bound"], usage["state"], usage["code"]) == (
        mrn, bound, "reserved", 1)
    assert usage["due"] and told["expected"] == [
        {"day": usage["due"], "back": bound, "free": told["reference_cent"]}]
    check = told["precheck"]
    assert check["covered"] is False and check["missing"] > 0 and check["from_day"] == usage["due"]
    small = world.holder.get(f"/guarantees/{GRN}", params={"amount": "1.00"}).json()["precheck"]
    assert small == {"covered": True, "missing": 0, "from_day": None}
    for amount in ("x", "-7000", "1e3", "1.005", ""):       # of money nothing is guessed
        problem(world.holder.get(f"/guarantees/{GRN}", params={"amount": amount}), 400)
    problem(world.holder.get(f"/guarantees/{GRN}", params={"amount": "1", "currency": "XYZ"}), 400)


def test_only_the_holder_sees_who_used_which_code(world):  # noqa: F811
    """GUAR-AC-04: the codes are told by number, never themselves, and to nobody else."""
    world.holder.lodge(declaration())
    world.holder.mail("IE029")
    told = world.holder.get(f"/guarantees/{GRN}")
    code, = told.json()["codes"]
    assert (code["number"], code["master"], code["used"]) == (1, True, 1)
    assert "AC01" not in told.text
    problem(world.consignee.get(f"/guarantees/{GRN}"), 404)
    problem(world.consignee.get(f"/guarantees/{GRN}/statement"), 404)


def test_a_statement_tells_each_entry(world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    told = world.holder.get(f"/guarantees/{GRN}/statement").json()
    first, reserved, liable = told["entries"]
    assert (first["message"], first["free"]) == ("officer register", 1_000_000)
    assert {reserved["message"], liable["message"]} == {"IE203"}
    assert {reserved["movement"], liable["movement"]} == {mrn}
    assert liable["free"] == 1_000_000 - reserved["amount"] and liable["liable"] > 0
    rest = world.holder.get(f"/guarantees/{GRN}/statement", params={"after": first["n"]}).json()
    assert rest["entries"] == [reserved, liable], "balances are carried forward"
    more = world.holder.get(f"/guarantees/{GRN}/statement", params={"after": told["after"]})
    assert more.json()["entries"] == []


def test_little_left_is_an_alert(world):  # noqa: F811
    told = world.officer.post(f"/guarantees/{GRN}", json={"do": "change", "amount": "3100.00"})
    assert told.json()["refused"] == []
    assert world.holder.get(f"/guarantees/{GRN}").json()["alert"] == ""
    world.holder.lodge(declaration())
    world.holder.mail("IE029")
    told = world.holder.get(f"/guarantees/{GRN}").json()
    assert "20 %" in told["alert"] and "20 %" in told["alert_nb"]


def test_a_list_is_registered_line_by_line(world):  # noqa: F811
    answer = world.officer.post("/guarantees", content=LIST, headers={"Content-Type": "text/csv"})
    told = answer.json()
    outcomes = [(one["line"], one["outcome"], [f["name"] for f in one["faults"]])
                for one in told["lines"]]
    assert told["registered"] == 1 and outcomes == [
        (2, "registered", []), (3, "wrong", ["type"]), (4, "wrong", ["grn"]),
        (5, "wrong", ["amount", "valid_to"])]
    again = world.officer.post("/guarantees", content=LIST, headers={"Content-Type": "text/csv"})
    assert again.json() == told
    found = world.holder.get("/guarantees/26NO3650010000505").json()
    assert (found["reference_cent"], len(found["codes"])) == (2_000_000, 2)
    wrong = world.officer.post("/guarantees", content="grn,colour\n1,2").json()["lines"]
    assert [one["name"] for one in wrong[0]["faults"]] == ["colour", "type"]
    problem(world.officer.post("/guarantees", content=b"\xff\xfe"), 400)
    assert world.holder.post("/guarantees", content=LIST).status_code == 403


def test_an_officer_acts_on_a_guarantee(world):  # noqa: F811
    for do, state in (("suspend", "suspended"), ("resume", "valid"), ("revoke", "revoked")):
        told = world.officer.post(f"/guarantees/{GRN}", json={"do": do}).json()
        assert (told["state"], told["refused"]) == (state, [])
    told = world.officer.post(f"/guarantees/{GRN}", json={"do": "resume"}).json()
    assert told["refused"][0]["code"] == "92"
    problem(world.officer.post(f"/guarantees/{GRN}", json={"do": "dance"}), 400)


def test_a_text_that_no_message_can_carry_is_refused_and_blocks_nothing(world):  # noqa: F811
    def done(do, **details):
        return world.officer.post(f"/guarantees/{GRN}", json={"do": do} | details).json()
    told = done("suspend", reason="a\0b")
    assert told["decided"] and told["state"] == "valid"
    assert [one["code"] for one in told["refused"]] == ["14"]
    assert done("suspend", reason="audit")["state"] == "suspended"
    assert done("resume")["state"] == "valid"
    problem(world.officer.post("/guarantees/25NO%00650010001230", json={"do": "suspend"}), 400)
    problem(world.officer.post(f"/guarantees/{GRN}", json={"do": "suspend", "id": "a\0"}), 400)
