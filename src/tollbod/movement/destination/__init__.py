"""The office of destination, one file for each part of its work.

Read `table` first: it joins the rows of all parts and is the whole behaviour. Each part has its
predicates, its effects and its rows at the end. What a case keeps stands in `case`.
"""
