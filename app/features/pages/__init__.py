"""The pages about the site itself: home, about, privacy, accessibility, contact, health."""
