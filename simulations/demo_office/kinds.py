"""What the demo office does: kinds of tasks with their lengths, deadlines, weights, and how they read."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A task type: standard minutes at speed 1, the office minutes it may take, and how it reaches the office.

    `volume` is its share of all tasks where it comes alone, 0 where it comes only as a step of a process.
    `language_share` is the part that is written in a foreign language. `spread` is the coefficient of variation of the
    minutes of single tasks; 0 where the type's minutes hold for each.
    """

    id: str
    name: str
    team: str
    skill: str
    minutes: float
    sla_minutes: float
    weight: float
    prefix: str
    titles: tuple[str, ...]
    min_level: int = 1
    volume: float = 0.0
    channel: str = "portal"
    language_share: float = 0.0
    also_requires: dict[str, int] = field(default_factory=dict)
    mean_quantity: float = 1.0
    spread: float = 0.0
    is_regulated: bool = False


# fmt: off
KINDS: tuple[Kind, ...] = (
    # Billing resolution: short of hands.
    Kind(id="invoice-dispute", name="Invoice dispute", team="billing", skill="billing", minutes=18, sla_minutes=560,
         weight=4, prefix="DIS", min_level=2, volume=0.06, channel="email", language_share=0.14, spread=0.4,
         titles=("Invoice {invoice} disputed by {person}: {eur} too much",
                 "{person} contests the {month} invoice, {eur}", "Meter reading on invoice {invoice} contested")),
    Kind(id="duplicate-charge", name="Duplicate charge", team="billing", skill="billing", minutes=12,
         sla_minutes=420, weight=3, prefix="DUP", volume=0.05, language_share=0.08,
         titles=("{person} charged twice, {eur}", "Direct debit of {eur} taken twice, mandate {mandate}")),
    Kind(id="refund", name="Refund", team="billing", skill="billing", minutes=9, sla_minutes=720, weight=2,
         prefix="REF", volume=0.05,
         titles=("Refund {eur} to {person}", "Closed contract {mandate}: refund of {eur}")),
    Kind(id="credit-note", name="Credit note", team="billing", skill="billing", minutes=9, sla_minutes=1500,
         weight=1, prefix="CRN", min_level=2, volume=0.035, channel="batch",
         titles=("Credit note for invoice {invoice}, {eur}",)),
    Kind(id="payment-plan", name="Payment plan", team="billing", skill="collections", minutes=21, sla_minutes=600,
         weight=5, prefix="PPL", min_level=3, volume=0.022, channel="phone", language_share=0.1, spread=0.3,
         titles=("Payment plan for {person}, {eur} open", "{person} asks to pay {eur} in instalments")),
    # Claim approval: a process, with four eyes before money is paid.
    Kind(id="claim-triage", name="Claim triage", team="claims", skill="claims", minutes=6, sla_minutes=360, weight=3,
         prefix="CLM",
         titles=("New claim {case}: {damage}, {person}",)),
    Kind(id="claim-assessment", name="Claim assessment", team="claims", skill="claims", minutes=26, sla_minutes=660,
         weight=4, prefix="CLM", min_level=2, language_share=0.08, spread=0.4,
         titles=("Assess claim {case}: {damage}, {eur}",)),
    Kind(id="claim-approval", name="Claim approval", team="claims", skill="claim-authority", minutes=9,
         sla_minutes=800, weight=4, prefix="CLM", min_level=2,
         titles=("Approve claim {case}, {eur}",)),
    Kind(id="missing-documents", name="Missing documents", team="claims", skill="claims", minutes=9,
         sla_minutes=900, weight=1, prefix="DOC", volume=0.03, channel="letter",
         titles=("Documents received for claim CLM-{number}", "Ask {person} for the missing expert report")),
    # Client information: time to spare.
    Kind(id="address-change", name="Change of address", team="client-data", skill="client-data", minutes=6,
         sla_minutes=780, weight=1, prefix="ADR", volume=0.075, language_share=0.06,
         titles=("{person} moves to {town}", "New delivery address for {person}, {town}")),
    Kind(id="bank-details", name="Change of bank details", team="client-data", skill="identity-check", minutes=9,
         sla_minutes=420, weight=4, prefix="BNK", channel="phone",
         titles=("New bank account of {person}",)),
    Kind(id="bank-details-check", name="Check of bank details", team="client-data", skill="identity-check",
         minutes=6, sla_minutes=600, weight=4, prefix="BNK", min_level=2, channel="phone",
         titles=("Second look at the bank account of {person}",)),
    Kind(id="contract-copy", name="Copy of contract", team="client-data", skill="client-data", minutes=5,
         sla_minutes=1500, weight=1, prefix="COP", volume=0.035, channel="email", language_share=0.08,
         titles=("Send {person} the contract {mandate}",)),
    Kind(id="change-of-holder", name="Change of contract holder", team="client-data", skill="client-data",
         minutes=15, sla_minutes=900, weight=3, prefix="HLD", min_level=3, volume=0.022, channel="letter",
         titles=("Contract {mandate} passes to {person}", "Death of the holder: contract {mandate} to {person}")),
    # Complaint resolution: short of hands, and watched by the regulator.
    Kind(id="complaint-first-reply", name="First reply to complaint", team="complaints", skill="complaints",
         minutes=13, sla_minutes=300, weight=6, prefix="CPL", channel="email", language_share=0.18,
         is_regulated=True,
         titles=("First reply to {person}: {grievance}",)),
    Kind(id="complaint-investigation", name="Complaint investigation", team="complaints", skill="complaints",
         minutes=36, sla_minutes=580, weight=5, prefix="CPL", min_level=2, channel="email", language_share=0.1,
         spread=0.45,
         titles=("Find out what happened: {grievance}, {person}",)),
    Kind(id="complaint-resolution", name="Final response", team="complaints", skill="mediation", minutes=22,
         sla_minutes=700, weight=6, prefix="CPL", min_level=2, channel="email", is_regulated=True,
         titles=("Final response to {person}: {grievance}",)),
    Kind(id="goodwill", name="Goodwill credit", team="complaints", skill="complaints", minutes=8, sla_minutes=600,
         weight=2, prefix="GDW", volume=0.024, channel="phone",
         titles=("Goodwill credit of {eur} for {person}",)),
    # Order fulfilment: order, pack, ship, invoice.
    Kind(id="verify-order", name="Verify order", team="orders", skill="orders", minutes=6, sla_minutes=300, weight=3,
         prefix="ORD", language_share=0.04,
         titles=("Order {case}: {goods} for {person}",)),
    Kind(id="pack-order", name="Pack order", team="orders", skill="dispatch", minutes=11, sla_minutes=480, weight=3,
         prefix="ORD", spread=0.3,
         titles=("Pack {goods}, order {case}",)),
    Kind(id="ship-order", name="Ship order", team="orders", skill="dispatch", minutes=7, sla_minutes=600, weight=4,
         prefix="ORD",
         titles=("Ship order {case} to {town}",)),
    Kind(id="stock-exception", name="Stock exception", team="orders", skill="orders", minutes=18, sla_minutes=420,
         weight=4, prefix="STK", min_level=3, volume=0.02, channel="batch",
         titles=("{goods} out of stock, {number} orders wait", "Stock count of {goods} is off")),
    # Accounts receivable and payable.
    Kind(id="issue-invoice", name="Issue invoice", team="accounts", skill="receivables", minutes=6, sla_minutes=780,
         weight=2, prefix="ORD",
         titles=("Invoice order {case}, {eur}",)),
    Kind(id="payment-matching", name="Payment matching", team="accounts", skill="receivables", minutes=9,
         sla_minutes=600, weight=2, prefix="PAY", volume=0.06, channel="batch",
         titles=("Payment of {eur} without reference, {person}", "{eur} from {person} matches two invoices")),
    Kind(id="supplier-invoice", name="Supplier invoice", team="accounts", skill="payables", minutes=11,
         sla_minutes=1800, weight=1, prefix="SUP", volume=0.045, channel="letter",
         titles=("Supplier invoice {invoice}, {eur}",)),
    Kind(id="payment-run", name="Payment run", team="accounts", skill="payables", minutes=28, sla_minutes=360,
         weight=8, prefix="RUN", min_level=3, channel="batch",
         titles=("Prepare the {client} payment run, {number} payments",)),
    Kind(id="payment-run-release", name="Release of payment run", team="accounts", skill="payables", minutes=14,
         sla_minutes=480, weight=8, prefix="RUN", min_level=4, channel="batch",
         titles=("Release the {client} payment run",)),
    # Data entry: time to spare; minutes are per page, reading or contract.
    Kind(id="form-entry", name="Paper forms", team="data-entry", skill="data-entry", minutes=2.1, sla_minutes=900,
         weight=1, prefix="FRM", volume=0.07, channel="letter", mean_quantity=4,
         titles=("Batch {number}: {quantity} paper forms",)),
    Kind(id="contract-entry", name="New contract", team="data-entry", skill="data-entry", minutes=12, sla_minutes=660,
         weight=2, prefix="CON", min_level=2, volume=0.045, channel="email", language_share=0.05,
         titles=("Enter the contract of {person}, {town}",)),
    Kind(id="meter-readings", name="Meter readings", team="data-entry", skill="data-entry", minutes=0.6,
         sla_minutes=1200, weight=1, prefix="MTR", volume=0.024, channel="batch", mean_quantity=30,
         titles=("{quantity} meter readings, {town}",)),
    Kind(id="returned-mail", name="Returned mail", team="data-entry", skill="data-entry", minutes=4,
         sla_minutes=1800, weight=0.5, prefix="RTM", volume=0.035, channel="letter",
         titles=("Letter to {person} came back from {town}",)),
    # Compliance and quality.
    Kind(id="identity-review", name="Know-your-customer review", team="quality", skill="compliance", minutes=27,
         sla_minutes=1500, weight=3, prefix="KYC", min_level=2, volume=0.014, channel="batch", language_share=0.08,
         spread=0.3,
         titles=("Review the file of {person}", "Company file {mandate}: owners changed")),
    Kind(id="screening-hit", name="Sanctions screening hit", team="quality", skill="compliance", minutes=12,
         sla_minutes=300, weight=9, prefix="SCR", min_level=3, volume=0.01, channel="batch", is_regulated=True,
         titles=("Name match on the sanctions list: {person}",)),
    Kind(id="quality-sample", name="Quality sample", team="quality", skill="quality", minutes=9, sla_minutes=1800,
         weight=0.5, prefix="QAS", volume=0.034, channel="batch",
         titles=("Quality sample of last week, {client}",)),
    Kind(id="data-request", name="Personal data request", team="quality", skill="compliance", minutes=32,
         sla_minutes=1800, weight=5, prefix="GDP", min_level=2, volume=0.008, channel="email", language_share=0.15,
         is_regulated=True,
         titles=("{person} wants to know what we store", "{person} asks us to delete all data")),
)
# fmt: on

KIND: dict[str, Kind] = {kind.id: kind for kind in KINDS}
