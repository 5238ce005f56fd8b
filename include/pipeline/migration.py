"""The warehouse, brought up to date."""

from include.settings import Settings, SettingsError


def migrate(settings: Settings) -> None:
    """Bring the warehouse up to date: tables, views, masks, grants, and the logins of the pipeline and the pages.

    Raises `SettingsError` where the owner's connection is not known.
    """
    from include.reporting.views import VIEWS
    from include.warehouse.migrate import migrate as to_revision

    if not settings.owner_dsn:
        raise SettingsError("the owner's connection to the warehouse is not known here; migrate where it is")
    logins = [dsn for dsn in (settings.warehouse_dsn, settings.desk_dsn) if dsn]
    to_revision(settings.owner_dsn, views=VIEWS, logins=logins)
