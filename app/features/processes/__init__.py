"""The way from question to decision: process pages, themes, activities."""
