comment on table match.group_weight is
'How much more often convicted subjects have leads to petitions of a form than other subjects have, as the last run counted.';
