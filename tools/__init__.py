"""What make uses: preparing a machine, and the list of translations."""
