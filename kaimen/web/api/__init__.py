"""The interface for signed-in staff and for machines (docs/api.md); ninja is loaded for these addresses only."""
