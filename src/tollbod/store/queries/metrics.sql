-- name: counts
-- Figures for the metrics; sizes of large tables are the planner's estimates.
select 'streams_waiting', count(*)::float8 from stream where last_in > last_done and held is null
union all
select 'longest_wait_seconds',
       coalesce(extract(epoch from clock_timestamp() - min(since)), 0)::float8
  from stream where last_in > last_done and held is null
union all
select 'streams_held', count(*)::float8 from stream where held is not null
union all
select 'timers', count(*)::float8 from timer
union all
select 'tasks', count(*)::float8 from task
union all
select 'worlds', count(*)::float8 from world
union all
select 'last_receipt', last_value::float8 from receipt
union all
select case relname when 'inbox' then 'messages' when 'stream' then 'streams' else relname end,
       greatest(reltuples, 0)::float8
  from pg_class where oid in ('inbox'::regclass, 'stream'::regclass, 'history'::regclass)
