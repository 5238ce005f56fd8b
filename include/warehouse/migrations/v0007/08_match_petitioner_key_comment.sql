comment on table match.petitioner_key is
'blocking keys, folded to 32 bits, of the petitioner versions that have been compared under a model';
