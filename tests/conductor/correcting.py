"""`python -m tests.conductor.correcting MARKS INDEX FOLDER`: correct the one enrolment, killed at its INDEX-th mark."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from lgpki_tui.conductor.filing import correct
from lgpki_tui.ground.points import Watch, unwatched
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.subject.draft import Draft
from lgpki_tui.workplace import Workplace
from tests.crash.kill import Killer

DRAFT = Draft("shokuseki", "総務部総務課", "高島市長")
REASON = "組織名の誤り"


async def corrected(
    folder: Path, draft: Draft = DRAFT, reason: str = REASON, pin: str | None = None, watch: Watch = unwatched
) -> Enrolment:
    """Correct the one enrolment of a practice workplace, with its PIN unless another is given."""
    place = Workplace(folder, watch=watch)
    typed = pin if pin is not None else (folder / "secrets" / "pin").read_text().strip()

    async def given() -> Secret:
        return Secret(typed.encode())

    try:
        place.ledger.load()
        (enrolment,) = place.ledger.enrolments
        return await correct(place, enrolment.number, draft, "一般公文書用", reason, None, given)
    finally:
        await place.close()


if __name__ == "__main__":
    asyncio.run(corrected(Path(sys.argv[3]), watch=Killer(Path(sys.argv[1]), int(sys.argv[2]))))
