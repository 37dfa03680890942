-- name: address
-- The stream a name leads to.
select key from address where world = %(world)s and name = %(name)s

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
