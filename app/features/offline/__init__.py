"""The site on a home screen and without a connection."""
