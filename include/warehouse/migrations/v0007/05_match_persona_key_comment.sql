comment on table match.persona_key is
'blocking keys, folded to 32 bits, of the subject versions under a name that have been compared under a model';
