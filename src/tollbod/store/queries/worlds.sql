-- name: create_world
-- Creates a world with its clock, unless it exists.
insert into world (world, frozen, ahead) values (%(world)s, %(frozen)s, %(ahead)s)
    on conflict (world) do nothing returning world

-- name: now
-- What a world's clock shows.
select world_clock(%(world)s)

-- name: set_clock
-- Sets a world's clock, but never back.
update world set frozen = %(frozen)s, ahead = %(ahead)s
 where world = %(world)s
   and coalesce(%(frozen)s::timestamptz, clock_timestamp() + %(ahead)s)
       >= coalesce(frozen, clock_timestamp() + ahead)
returning coalesce(frozen, clock_timestamp() + ahead)

-- name: is_frozen
-- Whether a world's clock stands still.
select frozen is not null from world where world = %(world)s

-- name: worlds
-- All worlds.
select world from world order by world

-- name: next_due
-- When the next timer of a world falls due.
select min(due) from timer where world = %(world)s

-- name: idle
-- Whether nothing in a world waits to be decided; looks only at streams that are ready.
select not exists (
    select from (select key from stream where last_in > last_done and held is null offset 0) ready
     where key >= %(world)s || '/' and key < %(world)s || '0')

-- name: drop_world_streams
-- Removes what belongs to the streams of a world; the streams first, so that no turn writes there.
with s as (delete from stream where key >= %(world)s || '/' and key < %(world)s || '0'),
     i as (delete from inbox where key >= %(world)s || '/' and key < %(world)s || '0'),
     h as (delete from history where key >= %(world)s || '/' and key < %(world)s || '0'),
     e as (delete from entry where key >= %(world)s || '/' and key < %(world)s || '0'),
     b as (delete from balance where key >= %(world)s || '/' and key < %(world)s || '0'),
     r as (delete from kept where key >= %(world)s || '/' and key < %(world)s || '0'),
     k as (delete from timer where key >= %(world)s || '/' and key < %(world)s || '0')
delete from task where key >= %(world)s || '/' and key < %(world)s || '0'

-- name: drop_world_rest
-- Removes what else a world knows, and the world.
with s as (delete from seen where world = %(world)s),
     a as (delete from address where world = %(world)s),
     p as (delete from party where world = %(world)s),
     l as (delete from link_in where world = %(world)s)
delete from world where world = %(world)s
