update match.run set matched_at = coalesce(books.closed_at, books.opened_at)
from ops.run as books
where books.run_id = run.run_id;
