-- name: chains
-- Every stream with its history, in order; passive streams decide nothing.
select key, case when s.passive then 0 else s.last_done end, s.head, h.n, h.what, h.hash
  from stream s full join history h using (key)
 order by key, h.n

-- name: heads
-- The head of every stream.
select key, last_done, head from stream order by key

-- name: numbers_with_gaps
-- The messages of a stream are not numbered 1, 2, 3 to its last.
select key, coalesce(i.last, 0)
  from (select key, count(*) as many, min(n) as first, max(n) as last from inbox group by key) i
  full join stream s using (key)
 where s.last_in is distinct from coalesce(i.many, 0)
    or s.last_in is distinct from coalesce(i.last, 0)
    or i.first <> 1 or s.last_done > s.last_in

-- name: balances_off
-- A balance is not the sum of its entries, or a posting is of a message not decided.
select key, 0::bigint
  from (select key, account, currency, sum(amount) as amount
          from (select key, debit as account, currency, -amount as amount from entry
                union all select key, credit, currency, amount from entry) x
         group by key, account, currency) e
  full join balance b using (key, account, currency)
 where b.amount is distinct from coalesce(e.amount, 0)
union
select e.key, e.n from entry e left join stream s using (key)
 where s.key is null or e.n > s.last_done

-- name: receipts_without_message
-- What was confirmed to a sender is not there.
select seen.world || ' ' || seen.sender || ' ' || seen.ident, seen.receipt
  from seen left join inbox using (receipt) where inbox.receipt is null

-- name: streams_astray
-- A timer, task or address belongs to no stream.
select key, 0::bigint
  from (select key from timer union select key from task union select key from address) x
 where not exists (select from stream s where s.key = x.key)
