"""Is enough of the code run by the tests? A floor for all, every line and branch of gateway/ and policy/."""

import sys

from coverage import Coverage

FLOOR = 90.0
COMPLETE = ("*/deputize/gateway/*", "*/deputize/policy/*")


def main() -> int:
    coverage = Coverage()
    coverage.load()
    print(f"coverage: the floor is {FLOOR:.0f} % of all, 100 % of gateway/ and policy/")
    total = coverage.report(show_missing=True, skip_covered=True)
    complete = coverage.report(include=list(COMPLETE), show_missing=True, skip_covered=True)
    failed = False
    if total < FLOOR:
        print(f"coverage: {total:.1f} % of all is below the floor of {FLOOR:.0f} %")
        failed = True
    if complete < 100:
        print(f"coverage: {complete:.2f} % of gateway/ and policy/, 100 % is asked")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
