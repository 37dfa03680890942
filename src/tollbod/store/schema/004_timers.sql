-- replaceable: functions only, applied anew whenever this file changes.
--
-- Timers become messages to their own stream. A stream's timers are guarded by the stream's lock,
-- as everywhere: choose, lock the streams in order, and only then take away what is still due.

create or replace function fire_due(keys text[], names text[]) returns int
language plpgsql set jit = off set enable_seqscan = off set enable_nestloop = off
    set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
declare
    fired int;
begin
    perform lock_streams(keys);
    with w as materialized (
        select world, world_clock(world) as at
          from (select distinct split_part(k, '/', 1) as world from unnest(keys) k) v),
    d as (
        delete from timer t using unnest(keys, names) u(k, n), w
         where t.key = any (keys) and t.key = u.k and t.name = u.n
           and w.world = t.world and t.due <= w.at
        returning t.key, t.name, t.due, w.at),
    e as (
        select d.*, to_char(d.due at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as due_text,
               row_number() over (order by d.due, d.key, d.name) as o from d),
    sent as (
        select deliver(array_agg(key order by o), array_agg(nextval('receipt') order by o),
                       array_agg('clock'::text), array_agg(name || ' ' || due_text order by o),
                       array_agg('timer'::text), array_agg(''::text), array_agg(''::text),
                       array_agg(at order by o),
                       array_agg(convert_to(format('{"name": %s, "due": "%s"}', to_json(name),
                                                   due_text), 'UTF8') order by o)) from e
        having count(*) > 0)
    select count(*) into fired from e, sent;
    return fired;
end $$;

-- Fires what is due in one world, the longest overdue first, at most so many.
create or replace function fire(w text, most int) returns int
language plpgsql set jit = off set enable_seqscan = off
    set plan_cache_mode = force_generic_plan as $$
declare
    at timestamptz := world_clock(w);
    keys text[];
    names text[];
begin
    select array_agg(key), array_agg(name) into keys, names
      from (select key, name from timer where world = w and due <= at
             order by due limit most) d;
    return case when keys is null then 0 else fire_due(keys, names) end;
end $$;

-- Fires what is due in every world whose clock runs.
create or replace function fire_running(most int) returns int
language plpgsql set jit = off set enable_seqscan = off
    set plan_cache_mode = force_generic_plan as $$
declare
    keys text[];
    names text[];
begin
    select array_agg(key), array_agg(name) into keys, names
      from (select t.key, t.name from world w
             cross join lateral (select key, name, due from timer
                                  where world = w.world and due <= clock_timestamp() + w.ahead
                                  order by due limit most) t
             where w.frozen is null order by t.due limit most) d;
    return case when keys is null then 0 else fire_due(keys, names) end;
end $$;
