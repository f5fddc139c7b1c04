"""What `flask seed` puts on an empty site: the process of the letter, its people, ideas and votes."""
