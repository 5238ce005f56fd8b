comment on table match.group_pair is
'Pairs of convicted subjects that the weight of their group brings into a better band than the model did.';
