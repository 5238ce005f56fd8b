grant investigator to reviewer;
