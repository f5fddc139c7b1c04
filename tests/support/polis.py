"""A Polis export for tests: real figures of a conversation, with texts of our own."""

import csv
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "polis"


def write_export(conversation: str, folder: Path) -> Path:
    """Write a conversation's figures as Polis exports them, with statements of our own."""
    folder.mkdir(parents=True, exist_ok=True)
    source = DATA / conversation
    with (source / "comments.csv").open() as read, (folder / "comments.csv").open("w", newline="") as write:
        out = csv.writer(write)
        out.writerow(
            [
                "timestamp",
                "datetime",
                "comment-id",
                "author-id",
                "agrees",
                "disagrees",
                "moderated",
                "comment-body",
            ]
        )
        for line in csv.DictReader(read):
            number = line["comment-id"]
            text = f'Uitspraak {number}: "dit is een zin met een komma, en met aanhalingstekens". ' * (
                1 + int(number) % 4
            )
            row = [line["timestamp"], "", number, line["author-id"], 0, 0, line["moderated"], text.strip()]
            out.writerow(row)
    (folder / "votes.csv").write_text((source / "votes.csv").read_text())
    (folder / "participants-votes.csv").write_text((source / "participants.csv").read_text())
    (folder / "summary.csv").write_text(
        f"topic,Gesprek {conversation}\nconversation-description,Een gesprek.\n"
    )
    return folder
