"""The whole behaviour of an office towards pure prenotifications: the rows of all its parts.

States: none, rejected, clear (assessed, nothing found), under assessment, information asked,
control ordered, under control, held (it was late), closed (passed), stopped, cancelled, expired,
not notified (goods came without one), notified (late). Source: page on prenotification (nb).
"""
from tollbod.case.model import Role, Wait
from tollbod.prenotification import assessment, border, cancelling, lodging
from tollbod.prenotification.case import Prenotified
from tollbod.prenotification.letters import EDITION, answer

TABLE = (*lodging.ROWS, *cancelling.FIRST, *assessment.ROWS, *border.ROWS, *cancelling.ROWS)

WAITS = {
    "clear": Wait("transporter", "the goods are to be presented at the border, with MRN or slip",
                  "varene skal legges fram ved grensen, med MRN eller talong"),
    "under assessment": Wait("officer", "an officer assesses the prenotification",
                             "en tjenesteperson vurderer forhåndsvarselet"),
    "information asked": Wait("filer", "information was asked for (IEN62); answer with IEN63",
                              "opplysninger er etterspurt (IEN62); svar med IEN63"),
    "control ordered": Wait("transporter", "the goods are to be presented for a control (IE060)",
                            "varene skal legges fram for kontroll (IE060)"),
    "under control": Wait("officer", "the result of the control at the border",
                          "resultatet av kontrollen ved grensen"),
    "held": Wait("time", "it was filed late: the goods are held until its time is over",
                 "det ble avgitt for sent: varene holdes til fristen er ute"),
    "not notified": Wait("transporter", "the goods came without a prenotification: file it at once",
                         "varene kom uten forhåndsvarsel: avgi det umiddelbart"),
}

ROLE = Role("prenotification", TABLE, Prenotified, answer, WAITS, owner=lambda case: case.filer,
            edition=EDITION)
