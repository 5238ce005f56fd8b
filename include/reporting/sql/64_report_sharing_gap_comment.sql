comment on view report.sharing_gap is
'PROTECTED: 8 U.S.C. 1367. By fiscal year, what one agency holds and the other does not: traffickers whom USCIS entered into
fields, and of how many TECS knows none by telephone or by all words of the name; and the reverse, applications whose
statement names a subject of TECS, or whose Supplement B cites a case of TECS, and in how many USCIS has entered none of
those subjects. Drill down: report.sharing_gap_record by both. Caveat: names are compared letter by letter, so the first gap
is an upper bound; a namesake counts as known; a trafficker whom neither TECS nor a field names is in no line.';
