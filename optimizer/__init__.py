"""What we decide: instances, the policy, the daily plan, its bound and its referee. Pure."""
