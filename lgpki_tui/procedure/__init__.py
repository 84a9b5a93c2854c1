"""PURE. The enrolment, its events and the one function that decides what may follow what."""
