-- name: balances
-- What stands on each account of a stream.
select account, currency, amount, floor from balance where key = %(key)s order by account, currency

-- name: kept
-- What a stream keeps under some names.
select name, body from kept_rows(%(key)s, %(names)s::text[])

-- name: kept_under
-- What a stream keeps under all names that begin alike, from after one of them on.
select name, body from kept
 where key = %(key)s and name >= %(beginning)s and name < %(beginning)s || '~'
   and name > %(after)s
 order by name limit %(limit)s

-- name: entries_after
-- The postings of a stream after a message, in order, each with the name of its message.
select e.n, e.i, e.debit, e.credit, e.amount, e.currency, e.movement, e.at, h.ie
  from entry e join history h on h.key = e.key and h.n = e.n
 where e.key = %(key)s and e.n > %(after)s and e.n <= %(last)s
 order by e.n, e.i limit %(limit)s

-- name: balance_at
-- What stood on an account of a stream after a message.
select coalesce(sum(case when credit = %(account)s then amount else -amount end), 0)::bigint
  from entry where key = %(key)s and n <= %(n)s
                   and (credit = %(account)s or debit = %(account)s)

-- name: entries
-- The postings of a stream, in order.
select n, i, debit, credit, amount, currency, movement, at from entry
 where key = %(key)s and (%(movement)s::text is null or movement = %(movement)s)
 order by n, i

-- name: keep_first
-- Keeps a row beside a stream unless one of that name is there.
insert into kept (key, name, body) values (%(key)s, %(name)s, %(body)s) on conflict do nothing

-- name: keep
-- Keeps a row beside a stream, over the one of that name.
insert into kept (key, name, body) values (%(key)s, %(name)s, %(body)s)
    on conflict (key, name) do update set body = excluded.body

-- name: forget
-- Lets go of a row beside a passive stream.
delete from kept where key = %(key)s and name = %(name)s
