create index uscis_t_family_member_load on record.uscis_t_family_member (load_id);
