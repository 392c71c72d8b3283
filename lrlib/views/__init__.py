"""The lessons' live figures: each function returns a View for `plots.show` and `live.panel`."""
