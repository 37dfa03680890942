-- name: balances
-- What stands on each account of a stream.
select account, currency, amount, floor from balance where key = %(key)s order by account, currency

-- name: kept
-- What a stream keeps under some names.
select name, body from kept_rows(%(key)s, %(names)s::text[])

-- name: kept_under
-- What a stream keeps under all names that begin alike.
select name, body from kept
 where key = %(key)s and name >= %(beginning)s and name < %(beginning)s || '~'
 order by name limit %(limit)s

-- name: entries
-- The postings of a stream, in order.
select n, i, debit, credit, amount, currency, movement, at from entry
 where key = %(key)s and (%(movement)s::text is null or movement = %(movement)s)
 order by n, i
