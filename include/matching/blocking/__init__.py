"""Which pairs are worth comparing: those that share a key. A row's keys depend on the row and the model alone.

The rules overlap on purpose: a true pair is lost only if no number, no date, and no two of name, part of the date and
place survive in both rows. A key that would be common is refined, not dropped: how common a name, a date or a telephone
is stands in the model, so that what is compared with what does not depend on how much is compared at once.

The sides are not alike: the left, small one is indexed once, the right one only looks up. Its cost is linear in the
right rows.
"""
