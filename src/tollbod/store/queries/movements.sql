-- name: stream
-- A stream as it stands.
select key, last_in, last_done, phase, movement, waiting, state, head, held, tries, since, passive
  from stream where key = %(key)s

-- name: held
-- Streams of a world that were set aside.
select key, last_in, last_done, phase, movement, waiting, state, head, held, tries, since, passive
  from stream where held is not null and key >= %(world)s || '/' and key < %(world)s || '0'
 order by key

-- name: unhold
-- Lets a stream that was set aside be tried again.
update stream set held = null, tries = 0, until = null, since = clock_timestamp()
 where key = %(key)s and held is not null
returning key

-- name: answer
-- Lets a stream that was set aside go on with an officer's answer to the message that held it; the
-- first try counts, so that who claims it next looks for the answer.
with freed as (
    update stream set held = null, tries = 1, until = null, since = clock_timestamp()
     where key = %(key)s and held is not null
    returning key, last_done + 1 as n)
insert into kept (key, name, body) select key, 'answer/' || n, %(body)s from freed
    on conflict (key, name) do update set body = excluded.body
returning key

-- name: movement_rows
-- All messages of a movement: those that bear its MRN, what its office of departure heard, and
-- what that office sent before there was an MRN.
select key, n, receipt, sender, ident, ie, movement, origin, at, body from (
    select * from inbox where movement = %(mrn)s and movement <> ''
    union
    select * from inbox where key = %(key)s
    union
    select * from inbox where origin = %(key)s and origin <> '' and movement = '') m
 where key >= %(world)s || '/' and key < %(world)s || '0'
 order by receipt limit %(limit)s

-- name: movement_streams
-- The streams of a movement where somebody decides, in the order in which they were opened.
select s.key, s.last_in, s.last_done, s.phase, s.movement, s.waiting, s.state, s.head, s.held,
       s.tries, s.since, s.passive
  from (select key, min(receipt) as opened
          from (select key, receipt from inbox where movement = %(mrn)s and movement <> ''
                union all
                select key, receipt from inbox where key = %(key)s) m
         where key >= %(world)s || '/' and key < %(world)s || '0'
         group by key) k
 cross join lateral (select * from stream where key = k.key limit 1) s
 where not s.passive and (s.key = %(key)s or s.movement = %(mrn)s)
 order by k.opened

-- name: movements
-- Movements of a world (streams of one role), those opened last first.
select s.key, s.movement, s.phase, s.waiting, s.held, i.receipt, i.at
  from inbox i
 cross join lateral (select * from stream where key = i.key limit 1) s
 where i.n = 1 and split_part(i.key, '/', 1) = %(world)s and split_part(i.key, '/', 3) = %(role)s
   and i.receipt < %(before)s
 order by i.receipt desc limit %(limit)s

-- name: opened_by
-- How many of the cases of a role that were opened last were opened by a sender, after a time.
select count(*) from (
    select sender, at from inbox
     where n = 1 and split_part(key, '/', 1) = %(world)s and split_part(key, '/', 3) = %(role)s
     order by receipt desc limit %(window)s) i
 where sender = %(sender)s and at > %(after)s

-- name: history
-- What was decided on a stream, in order.
select n, at, ie, what, hash from history where key = %(key)s order by n

-- name: asked_of
-- Cases about which a party was sent letters of some kinds, standing in some states, newest first.
select s.key, s.movement, s.phase, s.waiting, s.held, m.receipt, m.at
  from (select i.movement, max(i.receipt) as receipt, max(i.at) as at from inbox i
         where i.key = %(world)s || '//mailbox/' || %(party)s and i.ie = any (%(ies)s::text[])
         group by i.movement) m
  join address a on a.world = %(world)s and a.name = 'filing/' || m.movement
  join stream s on s.key = a.key
 where s.phase = any (%(states)s::text[])
 order by m.receipt desc limit %(limit)s
