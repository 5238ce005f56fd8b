comment on view report.capture_gap_record is
'PROTECTED: 8 U.S.C. 1367. The applications behind report.capture_gap, by fiscal_year and office: pseudonyms only.';
