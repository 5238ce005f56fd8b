comment on table match.consumed is 'the frontier: loads whose versions have been compared with all that was loaded';
