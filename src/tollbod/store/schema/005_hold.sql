-- replaceable: functions only, applied anew whenever this file changes.
--
-- A stream that cannot be decided is set aside, whole, for a person: its messages are still taken,
-- none is handed out, and the desk of its office is told in the same commit.

create or replace function hold(k text, why text, desk text, note bytea) returns boolean
language plpgsql as $$
declare
    number bigint;
begin
    perform lock_streams(case when desk = '' then array[k] else array[k, desk] end);
    update stream set held = why, slot = null, fence = null, until = null
     where key = k and held is null and not passive
    returning last_done + 1 into number;
    if number is not null and desk <> '' then
        perform deliver(array[desk], array[nextval('receipt')], array['store'],
                        array[k || ' ' || number], array['held'], array[''], array[k],
                        array[world_clock(split_part(k, '/', 1))], array[note]);
    end if;
    delete from stream where key = desk and last_in = 0;
    return number is not null;
end $$;

-- Gives a lease back after a failure; the last of so many tries sets the stream aside.
create or replace function release(
    k text, my_fence bigint, most int, why text, desk text, note bytea) returns boolean
language plpgsql as $$
declare
    tried int;
begin
    update stream set slot = null, fence = null,
           until = clock_timestamp() + tries * interval '200 ms'
     where key = k and fence = my_fence
    returning tries into tried;
    if tried >= most then
        return hold(k, why, desk, note);
    end if;
    return false;
end $$;
