"""What the tests stand on: a database of either kind, a real browser, no network."""
