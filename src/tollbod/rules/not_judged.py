"""Rules that are not judged, and why: those that no machine can check, and those that are over.

Ids as in the technical annex of phase 6 (DDNTA annex Q2 6.4.1) and of phase 5 (5.15.2), and as in
the rules of ICS2 v2.01 and its schema of the messages between customs.
"""
TRANSITION_ENDED = "2025-01-21"         # end of the change from phase 4 to phase 5

# Rules, one reason each.
_RULES = {
    "R0019": "the state codes CL154, CL155 and CL186 are not public",
    "R0039": "which premises belong to an authorised consignee is in no message and no public list",
    "R0053": "the countries that send entry data (CL267) are only partly public",
    "R0060": "TARIC is not part of this system; the national tariff may be asked later",
    "R0100": "says in which language the office answers; nothing in the message can break it",
    "R0165": "whether an authorisation foresees seals is known to the authority that gave it alone",
    "R0851": "allows the receiver to look the consignee up; C0250 tells when a number is unknown",
    "R3003": "whether a declarant used an LRN before is known where filings are registered",
    "R3046": "which parts of a declaration may be asked for together is told in two ways",
    "R3049": "its text is not public; the messages between customs carry its number alone",
    "R3050": "its text is not public; the messages between customs carry its number alone",
    "R3054": "its text is not public; the messages between customs carry its number alone",
    "R3055": "its text is not public; the messages between customs carry its number alone",
    "R0990": "the algorithm of the IRU for TIR carnet numbers is not public",
}

_EXPLAINS = "explains what the element means; nothing in a message can break it"
_FILLS = "tells whoever fills in the message what belongs there; a machine cannot see it"
_SENDER = "tells the sender which messages to send; there is nothing to judge in one that came"
_REJECTION = "binds us as the writer of rejections and is held by the tests of those"
_TYPE = "said by the type of the element or by its code list already"
_OUTSIDE = "needs a register outside transit: decisions, export, entry data, tariff, goods"
_SHOULD = "recommends only: it says \"should\" or \"may\""

# Guidelines, by reason.
_GUIDELINES = {
    _EXPLAINS: """
        G0003 G0020 G0022 G0023 G0024 G0025 G0029 G0032 G0042 G0045 G0061 G0079 G0100 G0101 G0102
        G0103 G0105 G0113 G0115 G0117 G0118 G0119 G0120 G0126 G0127 G0143 G0167 G0172 G0173 G0186
        G0190 G0205 G0213 G0326 G0500 G0507 G0510 G0715 G0825 G0850 G0860 G0905 G0988 G0989
        G0057 G0016 G0041 G0139""",
    _FILLS: """
        G0015 G0050 G0058 G0068 G0069 G0074 G0075 G0076 G0078 G0082 G0083 G0084 G0088 G0090 G0095
        G0123 G0131 G0150 G0151 G0152 G0153 G0196 G0231 G0321 G0360 G0414 G0424 G0670 G0868 G0869
        G0990""",
    _SENDER: "G0036 G0064 G0085 G0086 G0094 G0130 G0170 G0171",
    _REJECTION: "G0007 G0009 G0010 G0011 G0012 G0013 G0038 G0039 G0040 G0110 G0111 G0217",
    _TYPE: "G0002 G0005 G0014 G0021 G0906",
    _OUTSIDE: "G0033 G0035 G0071 G0072 G0073 G0081 G0175 G0300 G0301 G0505",
    _SHOULD: "G0026 G0112",
    "broken by public test messages that offices accept": "G0006",
    "said by C0001": "G0001",
    "said by the conditions of this group": "G0018 G0080 G0367",
    "said by R0506 and R0507": "G0062",
    "said by R0165, which cannot be checked": "G0165",
    "said by R0840": "G0201",
    "said by R0518": "G0210",
    "said by C0823": "G0332",
    "said by C0587": "G0587",
    "said by C0839": "G0114",
    "said by G0142 where countries of routing are given": "G0030",
}

_TRANSITION = f"belonged to the change from phase 4 to 5; not in force since {TRANSITION_ENDED}"
_ENDED = """
    B1000 B1003 B1016 B1030 B1031 B1032 B1091 B1201 B1202 B1203 B1206 B1401 B1804 B1805 B1806 B1811
    B1813 B1814 B1815 B1819 B1820 B1821 B1822 B1823 B1831 B1832 B1833 B1834 B1835 B1836 B1838 B1843
    B1847 B1848 B1849 B1850 B1852 B1854 B1858 B1860 B1862 B1874 B1875 B1876 B1877 B1888 B1889 B1890
    B1891 B1892 B1893 B1894 B1895 B1896 B1897 B1898 B1899 B1902 B1903 B1904 B1908 B1911 B1912 B1913
    B1919 B1920 B1922 B1943 B1964 B1965 B1966 B1968 B1969 B1970 B2101 B2200 B2301 B2400
    E1101 E1102 E1103 E1104 E1105 E1107 E1109 E1111 E1114 E1115 E1116 E1117 E1118 E1119 E1121 E1301
    E1401 E1402 E1403 E1406 E1407 G0137 G0716 G0991"""

NOT_CHECKABLE: dict[str, str] = _RULES | {
    id: reason for reason, ids in _GUIDELINES.items() for id in ids.split()}
RETIRED: dict[str, str] = {id: _TRANSITION for id in _ENDED.split()} | {
    "T1120": "shortened message identifications until a date that each country set for itself"}
