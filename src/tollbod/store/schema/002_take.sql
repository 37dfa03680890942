-- replaceable: functions only, applied anew whenever this file changes.
--
-- Intake. One lock order holds for every call that touches streams: missing streams are created
-- in the order of their keys, then all are locked in the order of their keys, then written.
--
-- A plan made while the tables are still empty must hold when they are large. So wherever rows of
-- an array meet a table, the table is also bound by `= any (keys)` and nested loops are off (the
-- join is a hash join over what the index gives), or the table stands in a lateral subquery with a
-- limit (which can only be looked up row by row).

create or replace function world_clock(w text) returns timestamptz
language plpgsql as $$
begin
    return (select coalesce(frozen, clock_timestamp() + ahead) from world where world = w);
end $$;

-- Creates what is missing, locks all; two statements, so that neither waits out of order.
create or replace function lock_streams(keys text[]) returns void
language plpgsql set jit = off set enable_seqscan = off
    set plan_cache_mode = force_generic_plan as $$
begin
    insert into stream (key, passive, since)
        select k, split_part(k, '/', 2) = '', clock_timestamp()
          from (select unnest(keys) collate "C" as k
                except select s.key from stream s where s.key = any (keys)) missing
         order by k
        on conflict (key) do nothing;
    perform from stream s where s.key = any (keys) order by s.key for no key update;
end $$;

-- Numbers messages into streams that the caller has locked, in the order given.
create or replace function deliver(
    keys text[], receipts bigint[], senders text[], idents text[], ies text[],
    movements text[], origins text[], ats timestamptz[], bodies bytea[]) returns void
language plpgsql set jit = off set enable_seqscan = off set enable_nestloop = off
    set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
begin
    with m as (
        select u.*, row_number() over (partition by u.k order by u.o) as i
          from unnest(keys, receipts, senders, idents, ies, movements, origins, ats, bodies)
               with ordinality u(k, r, sender, ident, ie, movement, origin, at, body, o)),
    c as (select m.k, count(*) as many from m group by m.k),
    u as (
        update stream s
           set last_in = s.last_in + c.many,
               last_done = case when s.passive then s.last_in + c.many else s.last_done end,
               since = case when s.last_in = s.last_done then clock_timestamp() else s.since end
          from c where s.key = c.k and s.key = any (keys)
        returning s.key, s.last_in - c.many as before)
    insert into inbox (key, n, receipt, sender, ident, ie, movement, origin, at, body)
        select m.k, u.before + m.i, m.r, m.sender, m.ident, m.ie, m.movement, m.origin, m.at, m.body
          from m join u on u.key = m.k
         order by m.r;
end $$;

-- Takes what comes from outside, all of it in one commit, and answers each row in the order given:
-- new, again (the same content was taken before) or other (other content under that identity).
create or replace function take(
    keys text[], senders text[], idents text[], digests bytea[], ies text[],
    movements text[], origins text[], bodies bytea[])
returns table (verdict text, receipt bigint, n bigint, at timestamptz)
language plpgsql set jit = off set enable_seqscan = off
    set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    worlds text[] := array(select split_part(k, '/', 1)
                             from unnest(keys) with ordinality u(k, o) order by o);
    numbers bigint[] := array(select nextval('receipt') from unnest(keys));
    fresh bigint[];
begin
    if exists (select from unnest(worlds) w where world_clock(w) is null) then
        raise exception 'unknown world' using errcode = 'no_data_found';
    end if;
    with i as (
        insert into seen (world, sender, ident, digest, receipt)
            select w, s, i, d, r
              from (select distinct on (w collate "C", s collate "C", i collate "C") *
                      from unnest(worlds, senders, idents, digests, numbers) u(w, s, i, d, r)
                     order by w collate "C", s collate "C", i collate "C", r) v
             order by w collate "C", s collate "C", i collate "C"
            on conflict do nothing returning receipt)
    select array_agg(i.receipt) into fresh from i;
    if fresh is not null then
        perform lock_streams(array(
            select k from unnest(keys, numbers) u(k, r) where r = any (fresh)));
        perform deliver(array_agg(k order by r), array_agg(r order by r), array_agg(s order by r),
                        array_agg(i order by r), array_agg(e order by r), array_agg(m order by r),
                        array_agg(g order by r), array_agg(world_clock(w) order by r),
                        array_agg(b order by r))
           from unnest(keys, numbers, senders, idents, ies, movements, origins, worlds, bodies)
                u(k, r, s, i, e, m, g, w, b)
          where r = any (fresh);
    end if;
    return query
        select case when t.receipt = u.r then 'new'
                    when t.digest = u.d then 'again' else 'other' end,
               t.receipt, m.n, m.at
          from unnest(worlds, senders, idents, digests, numbers) u(w, s, i, d, r)
         cross join lateral (
             select * from seen where world = u.w and sender = u.s and ident = u.i limit 1) t
          left join lateral (
             select i.n, i.at from inbox i where i.receipt = t.receipt limit 1) m on true
         order by u.r;
end $$;

-- Takes the next messages of a numbered link: only from number last + 1 on, and answers the last
-- number now taken, which is what the other side may forget.
create or replace function link_take(
    w text, from_node text, first_n bigint, keys text[], senders text[], idents text[],
    ies text[], movements text[], origins text[], bodies bytea[]) returns bigint
language plpgsql as $$
declare
    taken bigint;
    skip bigint;
    many bigint := cardinality(keys);
begin
    if world_clock(w) is null then
        raise exception 'unknown world' using errcode = 'no_data_found';
    end if;
    insert into link_in (world, node, last) values (w, from_node, 0) on conflict do nothing;
    select last into taken from link_in where world = w and node = from_node for no key update;
    skip := taken - first_n + 1;                         -- rows that were taken before
    if skip < 0 or skip >= many then
        return taken;
    end if;
    perform lock_streams(keys[skip + 1:]);
    perform deliver(keys[skip + 1:],
                    array(select nextval('receipt') from generate_series(skip + 1, many)),
                    senders[skip + 1:], idents[skip + 1:], ies[skip + 1:], movements[skip + 1:],
                    origins[skip + 1:],
                    array(select world_clock(w) from generate_series(skip + 1, many)),
                    bodies[skip + 1:]);
    update link_in set last = first_n + many - 1 where world = w and node = from_node;
    return first_n + many - 1;
end $$;
