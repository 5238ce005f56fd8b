lock table audit.head in exclusive mode; -- by the rights on it: an advisory lock anybody may hold who may log in
