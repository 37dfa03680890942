-- name: tasks
-- Work that waits for the officers of a world, oldest first.
select key, name, office, since, body from task
 where world = %(world)s and (%(office)s::text is null or office = %(office)s)
 order by since, key, name

-- name: task
-- One piece of work.
select key, name, office, since, body from task where key = %(key)s and name = %(name)s

-- name: timers
-- What a stream waits for by the clock.
select key, name, due from timer where key = %(key)s order by due, name

-- name: party
-- What the register of traders says of a party.
select body from party where world = %(world)s and id = %(id)s

-- name: parties
-- The register of traders of a world.
select id, body from party where world = %(world)s order by id

-- name: put_party
-- Enters a party into the register.
insert into party (world, id, body) values (%(world)s, %(id)s, %(body)s)
    on conflict (world, id) do update set body = excluded.body
