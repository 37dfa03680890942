"""The rules of ICS2, by subject: parties and numbers, the journey, the goods, notices.

Source: ICS2 HTI rules and conditions v2.01. `tollbod.rules.rulebook` lists them with all others.
"""
from tollbod.rules.ics2 import goods, journey, notices, parties
from tollbod.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    parties.addresses_have_a_street_or_a_box,                               # R3002
    parties.filings_are_named_by_an_mrn,                                    # R3004
    parties.parties_have_an_eori,                                           # R3005
    parties.telephone_numbers_are_international,                            # R3006
    parties.the_representative_is_another,                                  # R3033
    journey.means_at_the_border_are_named,                                  # R3007
    journey.wagons_are_named_at_one_level,                                  # R3008
    journey.vessels_have_an_imo_number,                                     # R3009
    journey.barges_have_an_eni_number,                                      # R3010
    journey.at_sea_the_imo_number_is_given,                                 # R3011
    journey.on_waterways_the_eni_number_is_given,                           # R3012
    journey.the_route_begins_where_goods_are_loaded,                        # R3013
    journey.the_route_ends_where_goods_are_unloaded,                        # R3014
    journey.the_route_enters_at_the_first_office,                           # R3018
    journey.a_house_passes_its_places,                                      # R3022
    journey.one_departure_is_given,                                         # R3035
    journey.goods_arrive_after_they_leave,                                  # R3053
    goods.master_items_are_numbered,                                        # R3016
    goods.house_items_are_numbered,                                         # R3017
    goods.cus_codes_have_their_form,                                        # R3020
    goods.containers_have_their_form,                                       # R3021
    goods.what_must_stay_stays,                                             # R3024
    goods.what_items_share_is_said_once,                                    # R3031
    goods.house_filers_file_lowest_level_data,                              # R3051
    goods.each_house_document_stands_once,                                  # R3052
    notices.do_not_load_names_something,                                    # R3025
    notices.an_arrival_names_its_filings,                                   # R3027
    notices.a_query_names_one_thing,                                        # R3028
    notices.an_examination_has_one_place,                                   # R3029
    notices.a_control_has_a_subject,                                        # R3030
    notices.a_filing_goes_to_one_addressee,                                 # R3034
    notices.an_arrival_names_documents_or_filings,                          # R3048
)
