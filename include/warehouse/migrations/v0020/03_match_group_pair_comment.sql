comment on table match.group_pair is
'Pairs of convicted subjects that the weight of their group brings, or brought, into a better band than the model did: as found at
found_at, until left_at.';
