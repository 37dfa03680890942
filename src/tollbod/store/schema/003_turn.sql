-- replaceable: functions only, applied anew whenever this file changes.
--
-- A worker's turn: write what was decided, by compare-and-set under the fence; deliver what those
-- decisions send; claim the next streams as leases. One call, one commit.

-- What the ledger of each stream owes its balances. Missing rows are made first, because a row that
-- is proposed with a debit alone would break its floor before it meets the row that exists.
create or replace function post(
    ok text[], pk text[], pn bigint[], pi int[], pdebit text[], pcredit text[], pamount bigint[],
    pcurrency text[], pmovement text[], pat timestamptz[],
    fk text[], faccount text[], fcurrency text[], ffloor bigint[]) returns void
language plpgsql set jit = off set enable_seqscan = off set enable_nestloop = off
    set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
begin
    insert into entry (key, n, i, debit, credit, amount, currency, movement, at)
        select * from unnest(pk, pn, pi, pdebit, pcredit, pamount, pcurrency, pmovement, pat) u(k)
         where k = any (ok);
    insert into balance (key, account, currency)
        select k, a, c from unnest(pk, pdebit, pcurrency) u(k, a, c) where k = any (ok)
        union select k, a, c from unnest(pk, pcredit, pcurrency) u(k, a, c) where k = any (ok)
        union select k, a, c from unnest(fk, faccount, fcurrency) u(k, a, c) where k = any (ok)
        on conflict do nothing;
    with changes as (
        select k, a, c, sum(delta) as delta, bool_or(is_floor) as is_floor, max(floor) as floor
          from (select k, a, c, -amount, false, null::bigint
                  from unnest(pk, pdebit, pcurrency, pamount) u(k, a, c, amount)
                union all
                select k, a, c, amount, false, null
                  from unnest(pk, pcredit, pcurrency, pamount) u(k, a, c, amount)
                union all
                select k, a, c, 0, true, floor
                  from unnest(fk, faccount, fcurrency, ffloor) u(k, a, c, floor)
               ) x(k, a, c, delta, is_floor, floor)
         where k = any (ok) group by k, a, c)
    update balance b
       set amount = b.amount + d.delta,
           floor = case when d.is_floor then d.floor else b.floor end
      from changes d
     where b.key = any (pk || fk) and b.key = d.k and b.account = d.a and b.currency = d.c;
end $$;

-- Leases the streams that have waited longest, and reads their messages in a statement of its own,
-- which sees what was committed while the claim waited. A stream whose last claim had no outcome
-- (its worker died or stalled) is handed out alone and by a single message, so that a poisonous one
-- cannot drag others down with it. The streams share the turn's messages: where there are few, each
-- gives more, so that a commit is worth its while also for one guarantee that everybody uses. The
-- state comes with the first message of each stream.
create or replace function claim(
    me int, my_fence bigint, again boolean, want int, most int, lease interval, of_world text)
returns table (key text, n bigint, receipt bigint, sender text, ident text, ie text, movement text,
               origin text, at timestamptz, body bytea, state bytea, head bytea, tries int)
language plpgsql set jit = off set enable_seqscan = off
    set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    keys text[];
    tried int[];
begin
    with c as materialized (
        select s.key, s.tries from stream s
         where s.last_in > s.last_done and s.held is null
           and (of_world = '' or (s.key >= of_world || '/' and s.key < of_world || '0'))
           and (s.until is null or s.until < clock_timestamp()
                or (s.slot = me and s.fence is not null and (again or s.fence <> my_fence)))
         order by s.since limit want
           for no key update skip locked)
    select array_agg(c.key), array_agg(c.tries) into keys, tried from c;
    if tried[1] > 0 then
        keys := keys[1:1];
        most := 1;
    elsif 0 < any (tried) then
        keys := array(select k from unnest(keys, tried) u(k, t) where t = 0);
    end if;
    update stream s
       set slot = me, fence = my_fence, until = clock_timestamp() + lease, tries = s.tries + 1
     where s.key = any (keys);
    return query
        select s.key, i.n, i.receipt, i.sender, i.ident, i.ie, i.movement, i.origin, i.at, i.body,
               case when i.n = s.last_done + 1 then s.state end, s.head, s.tries
          from (select * from stream where key = any (keys) offset 0) s
         cross join lateral (
             select * from inbox where key = s.key and n > s.last_done
              order by n limit greatest(1, most / cardinality(keys))) i
         order by s.key, i.n;
end $$;

-- The rows that come back: first one for each stream whose decision was not accepted (n is null:
-- its lease was stolen, or the same turn was committed before), then the messages claimed.
create or replace function turn(
    me int, my_fence bigint, again boolean, want int, most int, lease interval, of_world text,
    sk text[], sfirst bigint[], slast bigint[], sphase text[], smovement text[],      -- decided
    shead bytea[], swaiting bytea[], sstate bytea[],
    hk text[], hn bigint[], hat timestamptz[], hie text[], hwhat bytea[], hhash bytea[],
    mfrom text[], mk text[], mident text[], mie text[], mmovement text[],             -- sends
    mat timestamptz[], mbody bytea[],
    tk text[], tname text[], tdue timestamptz[],                                      -- timers
    ak text[], aname text[], aat timestamptz[], abody bytea[],                        -- tasks
    nk text[], nname text[],                                                          -- addresses
    pk text[], pn bigint[], pi int[], pdebit text[], pcredit text[], pamount bigint[],
    pcurrency text[], pmovement text[], pat timestamptz[],                            -- postings
    fk text[], faccount text[], fcurrency text[], ffloor bigint[],                    -- floors
    rk text[], rname text[], rbody bytea[])                                           -- kept
returns table (key text, n bigint, receipt bigint, sender text, ident text, ie text, movement text,
               origin text, at timestamptz, body bytea, state bytea, head bytea, tries int)
language plpgsql set jit = off set enable_seqscan = off set enable_nestloop = off
    set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    ok text[] := '{}';
begin
    if cardinality(sk) > 0 then
        perform lock_streams(sk || mk);
        with u as (
            update stream s
               set last_done = d.b, phase = d.phase, movement = d.movement, head = d.head,
                   waiting = d.waiting, state = d.state, since = clock_timestamp(), tries = 0,
                   slot = null, fence = null, until = null
              from unnest(sk, sfirst, slast, sphase, smovement, shead, swaiting, sstate)
                   d(k, a, b, phase, movement, head, waiting, state)
             where s.key = any (sk) and s.key = d.k
               and s.last_done = d.a - 1 and s.last_in >= d.b and s.fence = my_fence
            returning s.key)
        select coalesce(array_agg(u.key), '{}') into ok from u;
        insert into history (key, n, at, ie, what, hash)
            select * from unnest(hk, hn, hat, hie, hwhat, hhash) u(k, n, at, ie, what, hash)
             where k = any (ok);
        if cardinality(mk) > 0 then
            perform deliver(array_agg(k order by o), array_agg(nextval('receipt') order by o),
                            array_agg(f order by o), array_agg(i order by o),
                            array_agg(e order by o), array_agg(m order by o),
                            array_agg(f order by o), array_agg(t order by o),
                            array_agg(b order by o))
               from unnest(mfrom, mk, mident, mie, mmovement, mat, mbody)
                    with ordinality u(f, k, i, e, m, t, b, o)
              where f = any (ok);
        end if;
        if cardinality(tk) > 0 then
            delete from timer t using unnest(tk, tname, tdue) u(k, name, due)
             where u.due is null and t.key = any (ok) and t.key = k and t.name = u.name;
            insert into timer (world, key, name, due)
                select split_part(k, '/', 1), k, name, due
                  from unnest(tk, tname, tdue) u(k, name, due)
                 where due is not null and k = any (ok)
                on conflict (key, name) do update set due = excluded.due;
        end if;
        if cardinality(ak) > 0 then
            delete from task t using unnest(ak, aname, abody) u(k, name, body)
             where u.body is null and t.key = any (ok) and t.key = k and t.name = u.name;
            insert into task (world, office, key, name, since, body)
                select split_part(k, '/', 1), split_part(k, '/', 2), k, name, at, body
                  from unnest(ak, aname, aat, abody) u(k, name, at, body)
                 where body is not null and k = any (ok)
                on conflict (key, name) do update set body = excluded.body;
        end if;
        if cardinality(nk) > 0 then
            insert into address (world, name, key)
                select distinct on (1, 2) split_part(k, '/', 1), name, k    -- the last one has it
                  from unnest(nk, nname) with ordinality u(k, name, i)
                 where k = any (ok) order by 1, 2, i desc
                on conflict (world, name) do update set key = excluded.key;
        end if;
        if cardinality(rk) > 0 then
            delete from kept where ctid = any (array(
                select r.ctid from unnest(rk, rname, rbody) u(k, name, body)
                 cross join lateral (
                     select ctid from kept where key = u.k and kept.name = u.name collate "C"
                      limit 1) r
                 where u.body is null and k = any (ok)));
            insert into kept (key, name, body)
                select k, name, body from unnest(rk, rname, rbody) u(k, name, body)
                 where body is not null and k = any (ok)
                on conflict (key, name) do update set body = excluded.body;
        end if;
        if cardinality(pk) + cardinality(fk) > 0 then
            perform post(ok, pk, pn, pi, pdebit, pcredit, pamount, pcurrency, pmovement,
                                  pat, fk, faccount, fcurrency, ffloor);
        end if;
        if cardinality(ok) < cardinality(sk) then    -- what a refused decision would have opened
            delete from stream s where s.key = any (mk) and s.last_in = 0;
            return query select k, null::bigint, null::bigint, null, null, null, null, null,
                                null::timestamptz, null::bytea, null::bytea, null::bytea, null::int
                           from unnest(sk) k where k <> all (ok);
        end if;
    end if;
    if want > 0 then
        return query select * from claim(me, my_fence, again, want, most, lease, of_world);
    end if;
end $$;
