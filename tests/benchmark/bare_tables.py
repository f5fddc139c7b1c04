"""The tables of the bare application: a vote and its count, without anything around them."""

STATEMENTS = (
    "CREATE TABLE bare_vote (idea_id int, person_id int, value int, PRIMARY KEY (idea_id, person_id))",
    "CREATE TABLE bare_tally (idea_id int PRIMARY KEY, votes int NOT NULL) WITH (fillfactor = 50)",
    "INSERT INTO bare_tally SELECT id, 0 FROM idea",
)
