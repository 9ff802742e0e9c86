"""Whether the product and an independent implementation of its rules agree on 100 000 cases: python -m bench.agreement."""

from __future__ import annotations

import argparse

from tests.schemes import agreement

SHOWN = 5


def main() -> None:
    """Judge `--cases` cases both ways, print the first disagreements; 1 when there is any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20_261_129)
    parser.add_argument(
        "--break", dest="broken", action="store_true", help="judge by a law of one month less: must fail"
    )
    given = parser.parse_args()
    disagreements = met = 0
    seen: dict[str, int] = {}
    for line, ours, theirs in agreement.judged(given.cases, given.seed, broken=given.broken):
        met += 1
        kind = theirs["verdict"] if "verdict" in theirs else theirs["error"][0]
        seen[kind] = seen.get(kind, 0) + 1
        if ours != theirs:
            disagreements += 1
            if disagreements <= SHOWN:
                print(f"{line}\n  product {ours}\n  oracle  {theirs}")
    print(f"seed {given.seed}: {met} cases {seen}, {disagreements} disagreements")
    raise SystemExit(1 if disagreements else 0)


if __name__ == "__main__":
    main()
