-- replaceable: functions only, applied anew whenever this file changes.
--
-- An interchange: the first row is its envelope, the others are what is in it and what answers it.
-- All are taken in one commit or none is. A repeat of the envelope takes nothing else; an
-- envelope that is new takes nothing that stands under another content's identity. What would
-- break this is refused, with the verdicts, and the caller decides anew.
create or replace function take_whole(
    keys text[], senders text[], idents text[], digests bytea[], ies text[],
    movements text[], origins text[], bodies bytea[])
returns table (verdict text, receipt bigint, n bigint, at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
    verdicts text[];
    receipts bigint[];
    numbers bigint[];
    ats timestamptz[];
begin
    select array_agg(t.v order by t.o), array_agg(t.r order by t.o), array_agg(t.i order by t.o),
           array_agg(t.a order by t.o)
      into verdicts, receipts, numbers, ats
      from take(keys, senders, idents, digests, ies, movements, origins, bodies)
           with ordinality t(v, r, i, a, o);
    if verdicts[1] = 'new' and 'other' = any (verdicts)
       or verdicts[1] <> 'new' and 'new' = any (verdicts) then
        raise exception 'not whole' using errcode = 'raise_exception',
            detail = array_to_string(verdicts, ' ');
    end if;
    return query
        select * from unnest(verdicts, receipts, numbers, ats);
end $$;
