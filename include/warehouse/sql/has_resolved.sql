select exists (select from match.resolved where model_version = %(model_version)s) as by_this_model;
