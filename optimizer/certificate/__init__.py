"""The deadline certificate: before any plan, what is due by when and the first breach that nobody can avoid."""

from optimizer.certificate.breach import Breach
from optimizer.certificate.certify import Certificate, certify
from optimizer.certificate.sets import SkillSet

__all__ = ["Breach", "Certificate", "SkillSet", "certify"]
