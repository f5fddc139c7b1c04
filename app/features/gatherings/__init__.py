"""Coming to activities: registering, calendar files, files to read beforehand; and how organisers arrange them."""
