"""What strangers meet while the site is under pressure, and the list of words that moderators look at."""
