"""The policy packs that come with the program: data, no code. `docs/policy-packs.md` says how to write one."""
