"""Who acts: the roles of the office, and the actor every action takes as `by`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trainingadmin.kernel.labels import N_

CITY = "511800"


class Role(StrEnum):
    """What an account may do; one account may hold several, one claim never meets the same human twice."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    ACCEPTANCE = "acceptance"
    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    APPROVAL = "approval"
    PREPARER = "preparer"
    CHECKER = "checker"
    POLICY = "policy"
    CATALOGUE = "catalogue"
    SUPERVISOR = "supervisor"
    TRAINEE = "trainee"
    ADMIN = "admin"
    SYSTEM = "system"


ROLE_LABELS: dict[Role, str] = {
    Role.ENTERPRISE: N_("企业经办"),
    Role.INSTITUTION: N_("培训机构经办"),
    Role.ACCEPTANCE: N_("受理岗"),
    Role.FIRST_REVIEW: N_("初审岗"),
    Role.SECOND_REVIEW: N_("复审岗"),
    Role.APPROVAL: N_("审批岗"),
    Role.PREPARER: N_("财务制单"),
    Role.CHECKER: N_("财务复核"),
    Role.POLICY: N_("政策维护"),
    Role.CATALOGUE: N_("目录维护"),
    Role.SUPERVISOR: N_("督查稽核"),
    Role.TRAINEE: N_("学员"),
    Role.ADMIN: N_("系统管理员"),
    Role.SYSTEM: N_("系统"),
}

REVIEWERS = (Role.ACCEPTANCE, Role.FIRST_REVIEW, Role.SECOND_REVIEW, Role.APPROVAL)
APPLICANTS = (Role.ENTERPRISE, Role.INSTITUTION, Role.TRAINEE)
"""Who claims: for a firm, for an institution, for oneself."""
FINANCE = (Role.PREPARER, Role.CHECKER)
STAFF = (*REVIEWERS, *FINANCE, Role.POLICY, Role.CATALOGUE, Role.SUPERVISOR, Role.ADMIN)
DELEGABLE = (*REVIEWERS, *FINANCE, Role.POLICY, Role.CATALOGUE)
"""Roles that a member of staff may hand to another for some days; watching over others and keeping accounts are not."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request or a job, with what limits the rows they see.

    `office` is a GB/T 2260 code (the city's sees every district) or None outside the bureau;
    `organisation_id` binds an enterprise's or institution's operator, `person_id` a human being. `stands_in` names, for
    roles that were delegated for these days, whom the actor stands in for; acts are the actor's own all the same.
    """

    id: int
    name: str
    roles: frozenset[Role]
    office: str | None = None
    organisation_id: int | None = None
    person_id: int | None = None
    stands_in: tuple[tuple[Role, str], ...] = ()

    def name_as(self, *roles: Role) -> str:
        """Return the name an act under the first held of `roles` is signed with: one's own, and whom one stands in for."""
        acted = next((role for role in Role if role in roles and role in self.roles), None)
        behalf = dict(self.stands_in).get(acted) if acted else None
        return f"{self.name}（代{behalf}）" if behalf else self.name

    @property
    def human(self) -> str:
        """Identify the human across accounts: the person where known, else the account."""
        return f"person:{self.person_id}" if self.person_id else f"account:{self.id}"

    @property
    def role(self) -> Role:
        """The first of one's own roles in the order of the chain: the one a page greets."""
        own = self.roles - set(dict(self.stands_in))
        return next(role for role in Role if role in (own or self.roles))

    @property
    def role_label(self) -> str:
        """The Chinese label of `role`, to be translated where it is shown."""
        return ROLE_LABELS[self.role]

    @property
    def lent_labels(self) -> tuple[tuple[str, str], ...]:
        """The Chinese labels of the roles one stands in for, each with whose it is."""
        return tuple((ROLE_LABELS[role], name) for role, name in self.stands_in)

    @property
    def initial(self) -> str:
        """One character for the avatar: the given name's last, as people are called here."""
        return self.name[-1:] if self.is_trainee else self.name[:1]

    @property
    def is_trainee(self) -> bool:
        """Whether this is a trainee on a phone."""
        return Role.TRAINEE in self.roles

    @property
    def is_staff(self) -> bool:
        """Whether this account belongs to the bureau."""
        return bool(self.roles & set(STAFF))

    @property
    def sees_whole_city(self) -> bool:
        """Whether no district limits what this member of staff sees."""
        return self.is_staff and self.office == CITY

    def has(self, *roles: Role) -> bool:
        """Whether any of `roles` is held."""
        return bool(self.roles & set(roles))


SYSTEM = Actor(id=0, name="系统", roles=frozenset({Role.SYSTEM}), office=CITY)
