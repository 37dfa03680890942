-- What a case keeps in rows of its own, by name, beside its state: one row for each usage of a
-- guarantee. A decision reads and writes the few it is about, however many there are.

create table kept (
    key   text collate "C" not null,
    name  text collate "C" not null,
    body  bytea not null,
    primary key (key, name)
) with (fillfactor = 80);
