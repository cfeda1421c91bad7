"""Single sign-on by OpenID Connect: the code flow with PKCE, at one provider."""
