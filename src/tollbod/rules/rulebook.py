"""All rules that need code: what is in force, what no machine can check, what no longer applies.

Not listed here, not in force. A rule binds where the tables of messages carry its id, so that a
rule of one profile alone is in force there alone. Conditions (C) and their order (S) are not here.
"""
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from tollbod.findings import Finding
from tollbod.rules import (
    amendments, answers, dates, declaration_types, documents, entry, guarantees, ics2, lifted,
    mass, numbering, offices, packages, parties, references, seals, transport,
)
from tollbod.rules.not_judged import NOT_CHECKABLE, RETIRED
from tollbod.rules.rule import NOTHING_BESIDE, Beside, Place, Reading, Rule, value
from tollbod.rules.values import quoted
from tollbod.spec import tables
from tollbod.wire.message import Message, Node

VALUE_KEPT = 512        # the length of the field of a rejection that repeats the value
MOST_PLACES = 999       # of one rule in one message: more are not told
Found = tuple[Node, Finding]

# In force: id by id, by subject, as they are judged.
RULES: tuple[Rule, ...] = (
    numbering.items_are_numbered_through_the_declaration,                   # R0007
    numbering.repeated_groups_are_numbered,                                 # R0987
    numbering.items_are_numbered_in_their_house,                            # R0988
    numbering.remarks_name_each_group_once,                                 # R0054
    numbering.remarks_name_each_item_once,                                  # R0055
    numbering.information_codes_differ,                                     # R0001
    numbering.requested_codes_differ,                                       # R0002
    numbering.one_type_of_unavailability,                                   # R0516
    numbering.unavailability_is_told_once,                                  # R0518
    offices.transit_offices_differ,                                         # R0003
    offices.transit_reaches_the_destination,                                # R0006
    offices.transit_office_at_each_party,                                   # G0142
    offices.exit_office_is_another,                                         # R0103
    offices.tir_stays_in_the_union,                                         # R0901
    offices.from_andorra_and_san_marino_to_a_member_state,                  # R0904
    offices.not_from_outside_to_andorra_and_san_marino,                     # R0905
    offices.andorra_is_entered_there,                                       # R0906
    offices.departure_is_where_export_ends,                                 # R0509
    offices.offices_are_those_declared,                                     # R0871
    offices.export_ends_at_an_office_of_exit,                               # G0034
    offices.enquiries_go_to_an_office_of_enquiry,                           # G0203
    offices.answers_name_an_office_that_enquires_or_recovers,               # G0204
    offices.border_office_is_on_the_route,                                  # G0789
    declaration_types.to_san_marino_as_union_goods,                         # R0909
    declaration_types.from_san_marino_as_union_goods,                       # R0911
    declaration_types.excise_goods_have_their_type,                         # R0601
    declaration_types.tir_has_no_reduced_dataset,                           # R0849
    declaration_types.reduced_dataset_is_authorised,                        # R0859
    declaration_types.reduced_dataset_by_sea_rail_air,                      # R0350
    declaration_types.reduced_dataset_belongs_to_the_holder,                # R0352
    declaration_types.category_follows_the_declaration,                     # R0720
    declaration_types.control_results_without_simplification,               # R0910
    declaration_types.control_results_of_tir,                               # R0912
    declaration_types.simplified_release_has_a_control_result,              # G0160
    guarantees.grn_is_as_long_as_its_type,                                  # R0318
    guarantees.grn_has_17_characters,                                       # R0324
    guarantees.guarantee_type_fits_the_procedure,                           # R0900
    guarantees.amounts_between_offices_are_in_euro,                         # R0267
    guarantees.individual_guarantees_answer_few_queries,                    # R0261
    guarantees.periods_belong_to_queries_of_usage,                          # R0263
    guarantees.period_ends_after_it_begins,                                 # R0705
    guarantees.guarantee_updates_say_something,                             # G0650
    parties.actors_have_an_eori_or_tcuin,                                   # R0840
    parties.union_parties_have_an_eori_or_tcuin,                            # R0850
    parties.union_guarantors_have_an_eori_or_tcuin,                         # R0860
    parties.safety_numbers_are_eori,                                        # R0037
    parties.location_is_named_by_eori,                                      # R0995
    parties.holder_has_an_eori,                                             # R0029
    parties.carrier_has_an_eori,                                            # R0034
    parties.representative_has_an_eori,                                     # R0090
    parties.representative_is_another,                                      # R0033
    parties.few_supply_chain_actors,                                        # R0040
    parties.phone_numbers_are_international,                                # R0112
    parties.goods_lie_in_the_country_of_departure,                          # R0510
    lifted.what_houses_share_is_lifted,                                     # R0506
    lifted.what_items_share_is_lifted,                                      # R0507
    mass.consignment_weighs_its_houses,                                     # R0994
    mass.house_weighs_its_items,                                            # R0983
    mass.net_is_at_most_gross,                                              # R0223
    mass.only_what_is_packed_elsewhere_weighs_nothing,                      # R0221
    packages.none_means_none_in_the_item,                                   # R0219
    packages.unpacked_goods_are_counted,                                    # R0220
    packages.none_points_to_another_item,                                   # R0364
    seals.seals_are_counted,                                                # R0106
    seals.seals_differ,                                                     # R0107
    seals.equipment_without_container_is_sealed,                            # R0448
    seals.a_container_holds_one_house,                                      # R0010
    transport.flights_are_named_by_their_number,                            # R0315
    transport.border_means_are_named_in_capitals,                           # R0076
    transport.departure_means_are_named_in_capitals,                        # R0473
    transport.departure_means_fit_the_inland_mode,                          # R0472
    transport.the_road_vehicle_comes_first,                                 # R0474
    transport.trailers_follow_the_road_vehicle,                             # R0476
    transport.few_means_of_transport_depart,                                # R0855
    transport.one_means_at_the_border_without_transit,                      # R0789
    transport.one_means_at_the_border_if_none_was_declared,                 # R0790
    transport.means_arrive_after_they_leave,                                # R0038
    documents.union_status_is_shown,                                        # R0020
    documents.excise_references_are_given,                                  # R0023
    documents.exports_are_named_by_their_mrn,                               # R0416
    documents.exports_are_those_that_answered,                              # R0449
    documents.orders_leave_the_convention,                                  # R3060
    documents.orders_of_a_house_leave_the_convention,                       # R3062
    documents.orders_are_not_told_at_items,                                 # R3061
    documents.one_transport_document_with_entry_data,                       # R0062
    documents.master_documents_with_entry_data,                             # R0066
    documents.transport_documents_differ,                                   # R0067
    documents.house_documents_differ,                                       # R0083
    documents.one_house_document_with_f50,                                  # R0078
    documents.house_documents_with_f50,                                     # R0081
    documents.entry_data_are_named_inside_the_area,                         # R0093
    documents.entry_elsewhere_names_the_ens,                                # R0524
    entry.circumstance_fits_security,                                       # R0014
    entry.entry_at_departure_is_in_the_area,                                # R0016
    entry.entry_at_transit_is_in_the_area,                                  # R0024
    entry.departure_may_let_goods_enter,                                    # R0124
    entry.transit_may_let_goods_enter,                                      # R0125
    entry.goods_enter_somewhere,                                            # R0025
    entry.a_second_entry_is_a_return,                                       # R0109
    entry.all_entries_but_one_are_returns,                                  # R0111
    entry.entries_are_on_the_route,                                         # R0480
    entry.route_runs_from_loading_to_unloading,                             # R0089
    entry.house_route_holds_both_ends,                                      # R0998
    entry.opt_out_countries_release_without_entry,                          # R0087
    entry.filing_is_told,                                                   # R0094
    dates.transit_follows_the_release,                                      # R0004
    dates.transit_follows_the_message,                                      # R0005
    dates.unavailability_ends_after_it_begins,                              # R0519
    dates.enquiries_give_28_or_40_days,                                     # G0125
    references.numbers_are_well_formed,                                     # R0028
    references.ens_numbers_are_well_formed,                                 # R0027
    references.mrn_tells_the_security,                                      # R0410
    references.answers_name_their_question,                                 # R0008
    references.export_answers_repeat_the_question,                          # R0026
    references.referral_answers_name_the_country,                           # R0095
    references.referral_answers_name_the_request,                           # R0096
    references.controls_of_an_ens_are_announced_as_such,                    # R0030
    references.controls_on_entry_are_announced_as_such,                     # R0031
    references.headers_name_the_movement,                                   # T0001
    references.answers_hold_information,                                    # T0002
    amendments.amendments_leave_the_core,                                   # R0520
    amendments.amendments_leave_the_registered_ens,                         # R0523
    amendments.forwarded_amendments_leave_the_core,                         # R0528
    answers.decisions_are_yes_or_no,                                        # R0102
    answers.opt_out_countries_use_their_error_codes,                        # R0437
    answers.opt_out_countries_reject_no_entry_data,                         # R0852
    answers.one_bad_export_spoils_the_answer,                               # R0551
    answers.exports_bear_the_answer_out,                                    # R0875
    answers.export_items_end_at_999,                                        # G0999
    answers.broken_seals_show_in_the_result,                                # G0017
    answers.results_of_risk_end_in_e,                                   # G0821
    *ics2.RULES,                                                            # R3002 to R3053
)


class About(NamedTuple):
    """What the rule book knows of an id; `status` is in force, not checkable or retired."""

    id: str
    status: str
    en: str                     # the sentence of the sender; empty if there is none
    nb: str
    reason: str                 # why it is not judged; what must be known besides the message
    messages: Mapping[str, tuple[str, ...]]     # profile -> the messages whose tables carry it


class Plan(NamedTuple):
    """A kind of message made ready: its rules, where they bind, and the places by name."""

    rules: tuple[Rule, ...]
    bindings: Mapping[str, tuple[str, ...]]
    places: dict


def judge(message: Message, beside: Beside = NOTHING_BESIDE, only: str = "") -> Iterator[Found]:
    """Yield the rules that a message breaks, with the node at which each is told.

    `only` judges a single rule by its id. What depends on facts that `beside` lacks is not judged.
    """
    reading = reading_of(message, beside)
    for one in plan_of(message.profile, message.kind).rules:
        if only and one.id != only:
            continue
        for n, place in enumerate(one.check(reading)):
            if n >= MOST_PLACES:
                break
            yield place.node, _finding(one, place)


def reading_of(message: Message, beside: Beside = NOTHING_BESIDE) -> Reading:
    """Return a message laid open, as the bodies of rules read it."""
    plan = plan_of(message.profile, message.kind)
    found: dict[str, list[Node]] = {}
    _gather(message.root, plan.places, found)
    return Reading(message, beside, plan.bindings, found)


def _gather(node: Node, places: dict, found: dict[str, list[Node]]) -> None:
    """Put every node that the table knows under its path."""
    for child in node.children:
        place = places.get(child.name)
        if place is not None:
            path, below = place
            if path in found:
                found[path].append(child)
            else:
                found[path] = [child]
            if below:
                _gather(child, below, found)


def _finding(one: Rule, place: Place) -> Finding:
    """Say what is wrong at a place: the sentence of the rule, then what is there."""
    node = place.node
    text = value(node)
    en, nb = place.en, place.nb
    if not en and text:
        en, nb = f"Here stands {quoted(text)}.", f"Her står {quoted(text, 'nb')}."
    path = f"{node.path()}/{place.missing}" if place.missing else node.path()
    return Finding("rules", place.code or one.code, one.id, path, node.line,
                   f"{one.en} {en}".rstrip(), f"{one.nb} {nb}".rstrip(), text[:VALUE_KEPT])


@cache
def plan_of(profile: str, root: str) -> Plan:
    """Return the rules that bind in a kind of message, made ready once."""
    table = tables.structure(profile, root)
    bindings: dict[str, tuple[str, ...]] = {}
    for path, row in table.walk():
        for id in row.rules:
            bindings[id] = (*bindings.get(id, ()), path)
    return Plan(tuple(one for one in RULES if one.id in bindings), bindings, _places(table))


def _places(row, above: str = "") -> dict:
    """Return name -> (path, places below) of everything below a row of a table."""
    return {one.name: (above + one.name, _places(one, f"{above}{one.name}/"))
            for one in row.children}


@cache
def rules() -> Mapping[str, About]:
    """Return every id of the rule book with what is known of it, in the order of the ids."""
    bound = messages_by_rule()
    judged = {one.id: one for one in RULES}
    found = {}
    for id in sorted({*judged, *NOT_CHECKABLE, *RETIRED}):
        one = judged.get(id)
        status = ("in force" if one else "not checkable" if id in NOT_CHECKABLE else "retired")
        reason = one.needs if one else NOT_CHECKABLE.get(id) or RETIRED[id]
        found[id] = About(id, status, one.en if one else "", one.nb if one else "", reason,
                          bound.get(id, {}))
    return found


@cache
def messages_by_rule() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return, for each id that the tables carry, the messages of each profile that carry it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for profile in tables.EVERY_PROFILE:
        for root in tables.roots(profile):
            ids = {id for _, row in tables.structure(profile, root).walk() for id in row.rules}
            for id in ids:
                by_profile = found.setdefault(id, {})
                by_profile[profile] = (*by_profile.get(profile, ()), root)
    return found
