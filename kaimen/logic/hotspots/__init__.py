"""Hot issues: a hundred complaints in a hundred wordings are heard as one (docs/adr/0027, 0028).

`streaming` lets each message join an issue or start one as it comes; `gathering` looks at all of them again at night;
`heat` says how hot an issue is and why. Nothing here reads a clock or a database.
"""
