"""Notes of what a mail server took: read by every sender of the machine, dropped by their own, harmless when absent."""

import os

from mobility.mail.accepted import AcceptedNotes


def test_any_sender_reads_what_another_noted(tmp_path):
    one, two = AcceptedNotes(tmp_path / "accepted", "one"), AcceptedNotes(tmp_path / "accepted", "two")
    assert not two.holds("<a@x>")
    one.note("<a@x>")
    one.note("<b@x>")
    assert two.holds("<a@x>")
    assert two.holds("<b@x>")
    assert not two.holds("<a@")


def test_a_sender_forgets_its_own_notes_only(tmp_path):
    one, two = AcceptedNotes(tmp_path, "one"), AcceptedNotes(tmp_path, "two")
    one.note("<a@x>")
    two.note("<b@x>")
    two.forget()
    two.forget()
    assert one.holds("<a@x>")
    assert not one.holds("<b@x>")


def test_what_was_left_long_ago_goes(tmp_path):
    AcceptedNotes(tmp_path, "dead").note("<a@x>")
    (left,) = tmp_path.iterdir()
    os.utime(left, (0, 0))
    AcceptedNotes(tmp_path, "one").forget()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "accepted").write_text("in the way")
    notes = AcceptedNotes(tmp_path / "accepted", "one")
    notes.note("<a@x>")
    assert not notes.holds("<a@x>")
    notes.forget()
