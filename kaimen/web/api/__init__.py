"""The interface for signed-in staff and for machines (docs/api.md): ninja below /api/v1, and nowhere else."""
