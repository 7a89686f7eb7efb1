"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2): other systems read the list, say needs, follow them."""
