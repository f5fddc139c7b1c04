"""To the council and back: proposals, decisions, promised answers, execution, the trail, the evaluation."""
