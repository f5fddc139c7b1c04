"""Voting codes: letters for people without e-mail, and the page on which they come in with one."""
