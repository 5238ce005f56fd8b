create table audit.access (
    number bigint primary key, -- without a gap
    at timestamptz not null,
    actor text not null, -- the person, as the login of the pages knows them
    role text not null, -- as whom they asked
    kind text not null check (kind in ('read', 'decision')),
    about text not null, -- the view that was read, or what was decided on
    key text not null, -- of the records, as JSON
    detail text not null, -- what was shown, or the decision with its reason, as JSON
    seal text not null -- HMAC-SHA256 over all columns above and the seal of the entry before
);
