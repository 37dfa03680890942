-- name: by_lrn
-- The streams of a declaration, prenotification or filing by its LRN, latest first.
-- Of one declarant, or of all; then also by declarant:LRN.
select key from inbox
 where n = 1 and split_part(key, '/', 1) = %(world)s
   and split_part(key, '/', 3) in ('departure', 'prenotification', 'filing')
   and (substring(key from '^[^/]*/[^/]*/[^/]*/(.*)$') = coalesce(%(party)s || ':', '') || %(lrn)s
        or (%(party)s::text is null
            and substring(key from '^[^/]*/[^/]*/[^/]*/[^:]*:(.*)$') = %(lrn)s))
 order by receipt desc limit 10

-- name: movements_of
-- Movements of a party (streams of one role), those opened last first.
-- Those it declared, and those it was sent anything about.
select s.key, s.movement, s.phase, s.waiting, s.held, i.receipt, i.at
  from inbox i join stream s on s.key = i.key
 where i.n = 1 and split_part(i.key, '/', 1) = %(world)s and split_part(i.key, '/', 3) = %(role)s
   and (split_part(split_part(i.key, '/', 4), ':', 1) = %(party)s
        or (s.movement <> '' and exists (
            select from inbox m where m.key = %(world)s || '//mailbox/' || %(party)s
                                  and m.movement = s.movement)))
   and i.receipt < %(before)s
 order by i.receipt desc limit %(limit)s

-- name: last_receipt
-- The number of the last receipt given in all worlds.
select last_value from receipt

-- name: receipt_of
-- The receipt of what a sender lodged under an identification.
select receipt from seen where world = %(world)s and sender = %(sender)s and ident = %(ident)s
