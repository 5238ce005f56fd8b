create schema quarantine;
