"""`make bench`: the site beside a bare Flask application, measured in one run on the same data."""
