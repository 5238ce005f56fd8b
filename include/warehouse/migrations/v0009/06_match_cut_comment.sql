comment on table match.cut is
'Links as strong as a lead that hold no entity together, because the whole would contradict itself: for a person to review.';
