-- name: address
-- The stream a name leads to.
select key from address where world = %(world)s and name = %(name)s

-- name: named
-- The streams that some names lead to.
select name, key from named(%(world)s, %(names)s::text[])

-- name: addresses_under
-- The names of a world that begin alike, after one of them, with the streams they lead to.
select name, key from address
 where world = %(world)s and name >= %(beginning)s and name < %(beginning)s || '~'
   and name > %(after)s
 order by name limit %(limit)s

-- name: addresses
-- The names that lead to a stream.
select name from address where key = %(key)s order by name

-- name: inbox
-- The messages of a stream after a number, in order: a mailbox, a link, a case.
select key, n, receipt, sender, ident, ie, movement, origin, at, body
  from inbox where key = %(key)s and n > %(after)s
 order by n limit %(limit)s

-- name: link_ends
-- Where the links to another node stand, in each world that has one.
select w.world, s.last_in
  from world w join stream s on s.key = w.world || '//link/' || %(node)s
 order by w.world

-- name: message
-- The message of a receipt.
select key, n, receipt, sender, ident, ie, movement, origin, at, body
  from inbox where receipt = %(receipt)s

-- name: wake
-- Wakes those who wait for work; never inside a turn, because it would queue the commits.
select pg_notify('tollbod', '')

-- name: received
-- What a party has sent us, newest first: all of it, or what it names by identification.
select i.receipt, i.ident, i.ie, coalesce(nullif(i.movement, ''), s.movement), i.key, i.n, i.at,
       s.last_done >= i.n, s.held, h.at, h.what
  from seen e
  join inbox i on i.receipt = e.receipt
  join stream s on s.key = i.key
  left join history h on h.key = i.key and h.n = i.n
 where e.world = %(world)s and e.sender = %(party)s and e.ident not like ' %%'
   and (%(idents)s::text[] is null or e.ident = any(%(idents)s))
   and e.receipt < %(before)s
 order by e.receipt desc limit %(limit)s

-- name: letters_from
-- What was sent to a mailbox by some cases, each with the number of the message that it answers.
select m.receipt, m.ie, m.origin, split_part(m.ident, '.', 1)::bigint
  from inbox m
 where m.key = %(mailbox)s and m.origin = any(%(origins)s)
   and (m.movement = any(%(movements)s) or m.movement = '')
 order by m.receipt
