grant investigator to crosscheck_etl;
