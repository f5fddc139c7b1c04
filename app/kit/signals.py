"""What rooms announce after a commit, so that other rooms can react without being imported."""

from blinker import Namespace

_signals = Namespace()

vote_cast = _signals.signal("vote-cast")
"""Sent with an idea id after a vote on it was recorded, changed or withdrawn."""
idea_changed = _signals.signal("idea-changed")
"""Sent with an idea id after its text, state or public status changed."""
idea_amended = _signals.signal("idea-amended")
"""Sent with an idea id and `number=` of the amendment after its author changed the text in view of everybody."""
mail_queued = _signals.signal("mail-queued")
"""Sent after a commit that left mail waiting."""
person_signed_in = _signals.signal("person-signed-in")
"""Sent with a person after signing in."""
rules_changed = _signals.signal("rules-changed")
"""Sent with a process id after the rules of its ranking changed."""
