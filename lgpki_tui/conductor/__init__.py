"""The imperative shell: record "about to", act, record "done", feed the event back. Every act goes through it."""
