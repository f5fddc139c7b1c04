"""What organisers see: overview, audit log, incoming messages."""
