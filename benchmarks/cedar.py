"""What Cedar's decision costs with 200 policies, its policy set and entities kept: prints microseconds.

`benchmarks.policy` runs it in the venv of what the benchmarks compare with.
"""

import json

import cedarpy  # type: ignore[import-not-found,unused-ignore]

from benchmarks.timing import median

POLICIES = 200


def main() -> None:
    texts = [
        f'permit(principal == User::"u", action == Action::"a{n}", resource in Bucket::"bucket{n}");'
        for n in range(POLICIES - 1)
    ]
    texts.append('permit(principal == User::"u", action == Action::"get", resource in Bucket::"app");')
    entities = [
        {"uid": {"type": "User", "id": "u"}, "attrs": {}, "parents": []},
        {"uid": {"type": "Object", "id": "o"}, "attrs": {}, "parents": [{"type": "Bucket", "id": "app"}]},
    ]
    asked = {"principal": 'User::"u"', "action": 'Action::"get"', "resource": 'Object::"o"', "context": {}}
    policies = cedarpy.PolicySet.from_str("\n".join(texts))
    known = cedarpy.Entities.from_json_str(json.dumps(entities))
    assert cedarpy.is_authorized(asked, policies, known).allowed
    print(median(lambda: cedarpy.is_authorized(asked, policies, known), 200))


if __name__ == "__main__":
    main()
