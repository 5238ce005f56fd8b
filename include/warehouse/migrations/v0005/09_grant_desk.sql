grant analyst, investigator, reviewer, privacy_officer to desk;
