comment on view report.sharing_gap_record is
'PROTECTED: 8 U.S.C. 1367. The applications behind report.sharing_gap, by fiscal_year and gap: pseudonyms only.';
