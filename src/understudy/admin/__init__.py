"""The control plane under `/_understudy`: worlds, clocks, dials and journals, behind a token."""

from understudy.admin.routes import control_plane

__all__ = ["control_plane"]
