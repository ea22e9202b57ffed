"""What waits for whom: the documents with which a person can do something, as the flow says."""

from django.db.models import Count, Q, QuerySet

from pipelines.flow import stage_of, tasks_of, waiting_for
from records.access import known_documents
from records.models import Document
from schemas.roles import Person
from schemas.states import State

__all__ = ["counts", "tasks"]


def tasks(person: Person) -> QuerySet[Document]:
    """Waiting documents this person knows of and has a choice for."""
    mine = Q(pk__in=[])
    for state in waiting_for(person.roles):
        choices = [choice for choice in tasks_of(stage_of(state)) if choice.role in person.roles]
        everywhere = any(not choice.own_unit for choice in choices)
        mine |= Q(state=state) if everywhere else Q(state=state, unit__in=person.mail_units | person.approval_units)
    return known_documents(person).filter(mine)


def counts(person: Person) -> dict[State, int]:
    """How many tasks, by state, in the order of the flow; states without any are left out."""
    found = dict(tasks(person).values_list("state").annotate(count=Count("pk")).order_by())
    return {state: found[state.value] for state in waiting_for(person.roles) if state.value in found}
