-- name: balances
-- What stands on each account of a stream.
select account, currency, amount, floor from balance where key = %(key)s order by account, currency

-- name: entries
-- The postings of a stream, in order.
select n, i, debit, credit, amount, currency, movement, at from entry
 where key = %(key)s and (%(movement)s::text is null or movement = %(movement)s)
 order by n, i
