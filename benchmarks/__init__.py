"""How fast and how big feedsvc is, on the machine at hand: ``python -m benchmarks`` (or ``make bench``)."""
