-- replaceable: functions only, applied anew whenever this file changes.
--
-- Where some names lead to, name by name: a plan made while the table was empty holds when there
-- are a hundred thousand.
create or replace function named(of_world text, names text[]) returns table (name text, key text)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
    set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
        select r.name, r.key from unnest(names) n(wanted)
         cross join lateral (
             select a.name, a.key from address a
              where a.world = of_world and a.name = n.wanted collate "C" limit 1) r;
end $$;
