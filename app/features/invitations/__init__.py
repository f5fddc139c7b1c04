"""Invitations for council members and partners, and mail domains that say who belongs to which group."""
