create table audit.head (
    is_only boolean primary key default true check (is_only),
    number bigint not null, -- of the last entry
    seal text not null -- HMAC-SHA256 over the number and the seal of the last entry: an entry cut off at the end is missed
);
