-- the cases of one subject; the unique key begins with the case
create index tecs_involvement_subject on record.tecs_involvement (subject_id);
