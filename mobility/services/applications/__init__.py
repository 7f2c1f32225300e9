"""From open call to sent application: drafts, sections, what is still missing, sending."""
