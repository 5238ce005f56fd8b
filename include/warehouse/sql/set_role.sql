select set_config('role', %(role)s, true);
