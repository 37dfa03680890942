-- The streams: one row per (world, office, role, case), its inbox, its history, and what it owns.
--
-- A key reads world/office/role/case; the case may itself hold slashes. A stream without an office
-- (world//mailbox/PARTY, world//link/NODE) is passive: it only numbers what it is given, nobody
-- decides there. Every table of a case is keyed by its stream; nothing refers across by foreign key,
-- so a stream can be moved to another node row by row.
--
-- Columns that change with every message stand first and together, and the wide ones last: then
-- the write-ahead log carries only the changed middle of a row, not its state.

create sequence receipt;

create table world (
    world   text collate "C" primary key,
    frozen  timestamptz,                                -- stands still here; null: it runs
    ahead   interval not null default '0'               -- how far it runs ahead of real time
);

create table stream (
    last_in    bigint not null default 0,               -- number of the last message taken
    last_done  bigint not null default 0,               -- number of the last message decided
    since      timestamptz not null default now(),      -- real time: waiting for a worker since
    until      timestamptz,                             -- real time: the lease runs out
    fence      bigint,                                  -- who holds the lease
    slot       int,
    tries      int not null default 0,                  -- claims since the last decision
    passive    bool not null default false,
    key        text collate "C" primary key,
    held       text,                                    -- why it was set aside; null: it was not
    movement   text collate "C" not null default '',    -- MRN, once known
    phase      text collate "C" not null default '',    -- name of the state
    head       bytea not null default '',               -- last link of the history's hash chain
    waiting    bytea not null default '',
    state      bytea not null default ''
) with (fillfactor = 60);
create index stream_ready on stream (since) where last_in > last_done and held is null;
create index stream_held on stream (key) where held is not null;

create table inbox (
    n         bigint not null,                          -- 1, 2, 3 ... within the stream
    receipt   bigint not null,                          -- 1, 2, 3 ... in the store, with gaps
    at        timestamptz not null,                     -- the world's clock
    key       text collate "C" not null,
    sender    text collate "C" not null,
    ident     text collate "C" not null,
    ie        text collate "C" not null,
    movement  text collate "C" not null,
    origin    text collate "C" not null,                -- stream that sent it, or ''
    body      bytea not null,
    primary key (key, n)
);
create unique index inbox_receipt on inbox (receipt);
create index inbox_movement on inbox (movement, receipt) where movement <> '';
create index inbox_origin on inbox (origin, receipt) where movement = '' and origin <> '';
create index inbox_opening on inbox (split_part(key, '/', 1), split_part(key, '/', 3), receipt)
    where n = 1;

-- Only what comes from outside has an identity to remember: what our own streams send is held
-- single by the compare-and-set of the stream that sends it.
create table seen (
    world    text collate "C" not null,
    sender   text collate "C" not null,
    ident    text collate "C" not null,
    digest   bytea not null,
    receipt  bigint not null,
    primary key (world, sender, ident)
);

create table history (
    n     bigint not null,
    at    timestamptz not null,
    key   text collate "C" not null,
    ie    text collate "C" not null,
    what  bytea not null,                               -- digests only: bodies may be archived
    hash  bytea not null,                               -- sha256(previous hash || sha256(what))
    primary key (key, n)
);

create table timer (
    due    timestamptz not null,
    world  text collate "C" not null,
    key    text collate "C" not null,
    name   text collate "C" not null,
    primary key (key, name)
);
create index timer_due on timer (world, due);

create table task (
    since   timestamptz not null,
    world   text collate "C" not null,
    office  text collate "C" not null,
    key     text collate "C" not null,
    name    text collate "C" not null,
    body    bytea not null,
    primary key (key, name)
);
create index task_office on task (world, office, since);

create table address (
    world  text collate "C" not null,
    name   text collate "C" not null,                   -- departure/MRN and the like
    key    text collate "C" not null,
    primary key (world, name)
);
create index address_key on address (key);

create table entry (
    n         bigint not null,
    i         int not null,
    amount    bigint not null check (amount > 0),       -- smallest unit, from debit to credit
    at        timestamptz not null,
    key       text collate "C" not null,
    debit     text collate "C" not null,
    credit    text collate "C" not null,
    currency  text collate "C" not null,
    movement  text collate "C" not null,
    primary key (key, n, i)
);

create table balance (
    amount    bigint not null default 0,                -- sum credited less sum debited
    floor     bigint,
    key       text collate "C" not null,
    account   text collate "C" not null,
    currency  text collate "C" not null,
    primary key (key, account, currency),
    constraint balance_above_floor check (floor is null or amount >= floor)
) with (fillfactor = 60);

create table party (
    world  text collate "C" not null,
    id     text collate "C" not null,
    body   bytea not null,
    primary key (world, id)
);

create table link_in (
    world  text collate "C" not null,
    node   text collate "C" not null,
    last   bigint not null,                             -- last number taken from that node
    primary key (world, node)
);

-- Bodies and states arrive compressed: the server need not try again.
alter table inbox alter body set storage external;
alter table stream alter state set storage external;
