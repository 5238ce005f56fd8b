comment on table record.uscis_t_family_member is 'Contract uscis_t_family 1.0. PROTECTED: 8 U.S.C. 1367.';
