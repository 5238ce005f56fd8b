create table match.entity (
    member text primary key, -- '<dataset>:<source key>'
    entity text not null -- smallest member of the component
);
