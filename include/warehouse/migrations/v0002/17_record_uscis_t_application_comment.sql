comment on table record.uscis_t_application is 'Contract uscis_t_applications 1.1. PROTECTED: 8 U.S.C. 1367.';
