"""The states of each role in which nobody is waited for."""

# States in which nobody waits for anything: the case is over, or at rest until somebody begins.
AT_REST = {
    "departure": {"none", "rejected", "not released", "cancelled", "written off"},
    **dict.fromkeys(("transit", "exit"), {"none", "passed", "cancelled", "closed", "denied"}),
    "destination": {"none", "goods released", "cancelled", "closed", "not resolved"},
    "outage": {"none", "refused", "closed"},
    "enquiry": {"none", "answered", "closed"}, "recovery": {"none", "declined", "collected"},
    "export": {"none", "known", "silent", "in transit", "reported", "recovered"},
    "guarantee": {"none", "issued", "valid", "suspended", "revoked"},
    "prenotification": set("none rejected closed stopped cancelled expired notified".split()),
    "filing": set("none rejected invalidated presented stopped joined".split()), "key": {"none"},
    "arrival": {"none", "rejected", "registered"},
    "bridge": {"none", "rejected", "withdrawn"},
    "involved": {"none", "screened", "told"},
    "presentation": {"none", "routed", "turned away"},
}
