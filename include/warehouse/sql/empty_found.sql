truncate found;
