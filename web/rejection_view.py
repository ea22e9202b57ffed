"""The letter of a rejected invoice as pages show it: what is proposed, where it can go, what became of it."""

from dataclasses import dataclass

from config.load import city
from config.settings import load_settings
from pipelines.invoice.rejection import Refused, proposed_subject, proposed_text
from records.models import Act, Document, RejectionLetter
from records.rejections import Addressee, Draft, addressee_of, letter_of, may_write
from schemas.rejection import LetterWay
from schemas.roles import Action, Person
from schemas.states import State
from web.evidence import evidence_of, report_in

__all__ = ["RejectionView", "draft_of", "rejection_view"]


@dataclass(frozen=True, slots=True)
class RejectionView:
    """`letter` None: nobody has begun one."""

    letter: RejectionLetter | None
    addressee: Addressee
    writes: bool

    @property
    def released(self) -> bool:
        return self.letter is not None and self.letter.released_at is not None

    @property
    def mailable(self) -> str:
        """The address a mail can go to; '' if there is none, or no mail server."""
        return self.addressee.mail if load_settings().smtp_host else ""

    @property
    def to_post(self) -> bool:
        """Released, and somebody has to print it and give it to the Poststelle."""
        letter = self.letter
        return self.released and letter is not None and letter.sent_at is None and (
            letter.way == LetterWay.POST or letter.refused
        )  # fmt: skip

    @property
    def standing(self) -> tuple[str, str]:
        """What became of the letter, and the tone of it."""
        letter = self.letter
        if letter is None:
            return "noch nicht geschrieben", "wait"
        if letter.released_at is None:
            return "Entwurf", "wait"
        if letter.sent_at is not None:
            return "versandt", "done"
        if self.to_post:
            return "auszudrucken und zu versenden", "bad" if letter.refused else "wait"
        return "wird per E-Mail gesendet", "run"


def rejection_view(document: Document, person: Person) -> RejectionView | None:
    """None if the invoice is not rejected."""
    if document.state != State.REJECTED:
        return None
    return RejectionView(letter_of(document.id), addressee_of(document), may_write(person))


def draft_of(document: Document, view: RejectionView, clerk: str) -> Draft:
    """What was saved last, else what is proposed."""
    if view.letter is not None:
        return Draft(view.letter.subject, view.letter.text, view.letter.recipient)
    entry, intake = document.invoice, document.intake
    acts = Act.objects.filter(document=document, action=Action.REJECT).order_by("-sequence")
    refused = Refused(
        number=entry.number,
        received_at=intake.received_at,
        channel=intake.intake_point,
        file_name=document.file_name,
        invoice_number=entry.invoice_number,
        issued_on=entry.issued_on,
        reason=acts.values_list("reason", flat=True).first() or "",
        report=report_in(evidence_of(document)),
    )
    text = proposed_text(refused, city=city().organisation.city, clerk=clerk)
    return Draft(proposed_subject(refused), text, view.addressee.postal)
