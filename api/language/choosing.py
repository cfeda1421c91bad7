"""In which language somebody reads: as chosen before, else as the browser asks, else in the source's."""

from api.language.catalogues import LANGUAGES, SOURCE

LANGUAGE_COOKIE = "swingdesk_language"


def choose_language(chosen: str | None, accepted: str | None) -> str:
    """Return a language of the pages.

    Parameters
    ----------
    chosen
        What the reader's cookie says.
    accepted
        What the browser accepts, as Accept-Language says it (RFC 9110, section 12.5.4).
    """
    if chosen in LANGUAGES:
        return chosen
    ranked = sorted(_ranges(accepted or ""), key=lambda item: -item[1])
    return next((name for name, weight in ranked if weight > 0 and name in LANGUAGES), SOURCE)


def _ranges(accepted: str) -> list[tuple[str, float]]:
    found = []
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.partition(";")
        try:
            found.append((tag.strip().lower().split("-")[0], float(weight.strip().removeprefix("q=") or 1)))
        except ValueError:  # a weight that is none: that part of what is accepted says nothing
            continue
    return found
