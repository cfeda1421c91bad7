"""Who the demo office is: its teams, skills, languages and clients.

Shares of people and of volume are tuned so that two teams are short of hands on a default day (complaints, billing),
three have time to spare (client information, data entry, accounts), and the office as a whole is just about full.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TeamProfile:
    """A team: its share of the agents, what they are trained in, and where its people may be lent.

    `skills` is in the order in which people learn them; `lends_to` lists the teams that its cross-trained members
    know besides their own.
    """

    id: str
    name: str
    agents_share: float
    skills: tuple[str, ...]
    lends_to: tuple[str, ...] = ()
    lent_share: float = 0.0
    phone_duty: bool = False


@dataclass(frozen=True, kw_only=True)
class Client:
    """A company for which the office works; `volume` is its share of the tasks."""

    id: str
    name: str
    volume: float
    needs_clearance: bool = False


TEAMS: tuple[TeamProfile, ...] = (
    TeamProfile(
        id="billing",
        name="Billing resolution",
        agents_share=0.145,
        skills=("billing", "collections"),
        lends_to=("accounts",),
        lent_share=0.1,
    ),
    TeamProfile(
        id="claims",
        name="Claim approval",
        agents_share=0.125,
        skills=("claims", "claim-authority"),
        lends_to=("complaints",),
        lent_share=0.1,
    ),
    TeamProfile(
        id="client-data",
        name="Client information",
        agents_share=0.115,
        skills=("client-data", "identity-check"),
        lends_to=("complaints", "billing"),
        lent_share=0.35,
        phone_duty=True,
    ),
    TeamProfile(id="complaints", name="Complaint resolution", agents_share=0.095, skills=("complaints", "mediation")),
    TeamProfile(
        id="orders",
        name="Order fulfilment",
        agents_share=0.15,
        skills=("orders", "dispatch"),
        lends_to=("data-entry",),
        lent_share=0.15,
    ),
    TeamProfile(
        id="accounts",
        name="Accounts receivable and payable",
        agents_share=0.11,
        skills=("receivables", "payables"),
        lends_to=("billing",),
        lent_share=0.3,
    ),
    TeamProfile(
        id="data-entry",
        name="Data entry",
        agents_share=0.115,
        skills=("data-entry",),
        lends_to=("client-data", "orders", "claims"),
        lent_share=0.35,
    ),
    TeamProfile(id="quality", name="Compliance and quality", agents_share=0.07, skills=("quality", "compliance")),
    TeamProfile(id="swing", name="Swing team", agents_share=0.075, skills=()),
)

SKILL_TEAM: dict[str, str] = {skill: team.id for team in TEAMS for skill in team.skills}

SKILLS: dict[str, str] = {
    "billing": "Billing",
    "collections": "Payment plans and collections",
    "claims": "Claims handling",
    "claim-authority": "Claim authority",
    "client-data": "Client records",
    "identity-check": "Identity checks",
    "complaints": "Complaint handling",
    "mediation": "Mediation and redress",
    "orders": "Order handling",
    "dispatch": "Packing and dispatch",
    "receivables": "Receivables",
    "payables": "Payables",
    "data-entry": "Data entry",
    "quality": "Quality checks",
    "compliance": "Compliance reviews",
    "english": "English",
    "french": "French",
    "portuguese": "Portuguese",
    "german": "German",
}

LANGUAGES: dict[str, float] = {"english": 0.62, "french": 0.18, "portuguese": 0.14, "german": 0.06}
"""Shares of the languages among tasks that are not in Spanish."""

CLIENTS: tuple[Client, ...] = (
    Client(id="iberluz", name="Iberluz Energía", volume=0.2),
    Client(id="telvia", name="Telvia Comunicaciones", volume=0.17),
    Client(id="aurora", name="Aurora Seguros", volume=0.15),
    Client(id="mercanova", name="Mercanova", volume=0.14),
    Client(id="rioclaro", name="Aguas de Rioclaro", volume=0.1),
    Client(id="hogarvia", name="Hogarvía Muebles", volume=0.09),
    Client(id="banco-tormes", name="Banco Tormes", volume=0.08, needs_clearance=True),
    Client(id="clinica-montalvo", name="Clínica Montalvo", volume=0.04, needs_clearance=True),
    Client(id="norsk-fjordtelecom", name="Fjord Telecom", volume=0.03),
)

CLEARED: frozenset[str] = frozenset(client.id for client in CLIENTS if client.needs_clearance)
"""Clients for whom only cleared agents may work."""
