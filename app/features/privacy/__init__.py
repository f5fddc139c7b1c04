"""What people ask of their own data: see it, take it along, have it removed; and what the site removes by itself."""
