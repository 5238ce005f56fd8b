create table match.cut (
    left_member text not null,
    right_member text not null,
    weight double precision not null,
    reason text not null, -- what the two entities contradict each other in
    primary key (left_member, right_member)
);
