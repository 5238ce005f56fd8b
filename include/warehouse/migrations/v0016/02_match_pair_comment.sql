comment on column match.pair.band is
'As the model cut the weight. no: too weak to be shown, unless what is known of the subject makes up for it (match.group_pair).';
