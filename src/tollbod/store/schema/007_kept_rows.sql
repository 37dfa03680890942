-- replaceable: functions only, applied anew whenever this file changes.
--
-- What a stream keeps under some names, row by row: a plan made while the table was empty holds
-- when a guarantee has a hundred thousand rows.
create or replace function kept_rows(k text, names text[]) returns table (name text, body bytea)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
    set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
        select r.name, r.body from unnest(names) n(wanted)
         cross join lateral (
             select o.name, o.body from kept o
              where o.key = k and o.name = n.wanted collate "C" limit 1) r;
end $$;
