drop function access.is_coarse_moment();
