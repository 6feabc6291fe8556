"""Compiles botocore's service models into src/deputize/protocol/models/, without documentation, patched where
AWS differs.

    python tools/models.py           write them
    python tools/models.py --check   exit 1 if they are not what this program makes

One JSON file per service, one operation or shape a line. The patches and their reasons:
tools/model_patches.toml. Of the services that this server does not have, protocol/elsewhere.json tells the
names that signatures give them, and the protocols they speak.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import Loader

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "src/deputize/protocol/models"
PATCHES = ROOT / "tools/model_patches.toml"
ELSEWHERE = ROOT / "src/deputize/protocol/elsewhere.json"
SERVICES = ("iam", "sts", "s3", "s3control", "accessanalyzer")
# Where services of one signing name speak several protocols, those with paths of their own come first: all
# others are known by what else their requests carry.
PROTOCOLS = ("rest-json", "rest-xml", "ec2", "query", "json", "smithy-rpc-v2-cbor")
Json = dict[str, Any]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--check", action="store_true", help="compare instead of writing")
    check = arguments.parse_args().check
    made = {MODELS / f"{service}.json": compiled(service) for service in SERVICES}
    for file, text in {**made, ELSEWHERE: elsewhere()}.items():
        if not check:
            file.write_text(text)
        elif not file.is_file() or file.read_text() != text:
            print(f"{file.relative_to(ROOT)} is out of date: run `python tools/models.py` and commit it")
            return 1
    return 0


def compiled(service: str) -> str:
    """The compiled model of `service` as text."""
    model = patched(service)
    operations = {name: _operation(model, raw) for name, raw in model["operations"].items()}
    errors = {name: raw for name, raw in model["shapes"].items() if raw.get("exception")}
    names = {raw[side] for raw in operations.values() for side in ("input", "output") if side in raw}
    statuses = {
        _code(name, raw): raw.get("error", {}).get("httpStatusCode", 400) for name, raw in errors.items()
    }
    head = {
        "service": service,
        "botocore": botocore.__version__,
        "protocol": model["metadata"]["protocol"],
        "signing": _signing(model["metadata"]),
        "version": model["metadata"]["apiVersion"],
        "namespace": model["metadata"].get("xmlNamespace", "http://s3.amazonaws.com/doc/2006-03-01/"),
        "statuses": dict(sorted((statuses | model["statuses"]).items())),
    }
    shapes = {name: _shape(model["shapes"], name) for name in _reachable(model["shapes"], names)}
    return _text(head, operations=operations, shapes=shapes)


def elsewhere() -> str:
    """The protocol of each signing name of AWS's services but those that this server has, as text."""
    loader = Loader(include_default_extras=False)
    spoken: dict[str, set[str]] = {}
    for service in loader.list_available_services("service-2"):
        told = loader.load_service_model(service, "service-2")["metadata"]
        spoken.setdefault(_signing(told), set()).add(told["protocol"])
    for service in SERVICES:
        spoken.pop(_signing(loader.load_service_model(service, "service-2")["metadata"]), None)
    return _text({name: min(spoken[name], key=PROTOCOLS.index) for name in sorted(spoken)})


def _signing(metadata: Json) -> str:
    name: str = metadata.get("signingName") or metadata["endpointPrefix"]
    return name


def patched(service: str) -> Json:
    """botocore's own model of `service` with our patches applied, and with `statuses`: code -> status."""
    model: Json = Loader(include_default_extras=False).load_service_model(service, "service-2")
    model["statuses"] = {}
    for patch in tomllib.loads(PATCHES.read_text()).get(service, []):
        for path in patch.get("remove", ()):
            parent, key = _at(model, path)
            del parent[key]
        for path, value in patch.get("set", {}).items():
            parent, key = _at(model, path)
            parent[key] = value
        for path, value in patch.get("extend", {}).items():
            parent, key = _at(model, path)
            parent[key] = parent[key] + value
        for status, codes in patch.get("statuses", {}).items():
            model["statuses"] |= dict.fromkeys(codes, int(status))
    return model


def _at(model: Json, path: str) -> tuple[Json, str]:
    *parents, key = path.split(".")
    here = model
    for parent in parents:
        if parent == "members":
            here.setdefault("members", {})
        if parent not in here:
            sys.exit(
                f"error: a patch names {path}, but the model has no {parent} there\n       see {PATCHES.name}"
            )
        here = here[parent]
    return here, key


def _operation(model: Json, raw: Json) -> Json:
    shapes, http = model["shapes"], raw["http"]
    output = raw.get("output", {})
    errors = [_code(error["shape"], shapes[error["shape"]]) for error in raw.get("errors", ())]
    line = {
        "method": http["method"] if http["method"] != "POST" else None,
        "uri": http["requestUri"] if http["requestUri"] != "/" else None,
        "status": http.get("responseCode"),
        "input": raw.get("input", {}).get("shape"),
        "output": output.get("shape"),
        "wrapper": output.get("resultWrapper"),
        "errors": errors or None,
        "auth": raw.get("authtype"),
        "checksum": raw.get("httpChecksum"),
    }
    return {key: value for key, value in line.items() if value is not None}


def _code(name: str, shape: Json) -> str:
    code: str = shape.get("error", {}).get("code", name)
    return code


_SHAPE_KEYS = (
    "type", "required", "payload", "enum", "min", "max", "pattern", "matches", "timestampFormat", "flattened",
    "sensitive", "eventstream", "root", "uriEncoded", "textRoot",
)  # fmt: skip


def _shape(shapes: Json, name: str) -> Json:
    raw = shapes[name]
    line = {key: raw[key] for key in _SHAPE_KEYS if raw.get(key)}
    if "members" in raw:
        line["members"] = {key: _member(shapes, key, value) for key, value in raw["members"].items()}
    for part, default in (("member", "member"), ("key", "key"), ("value", "value")):
        if part in raw:
            line["element" if part == "member" else part] = _member(shapes, default, raw[part])
    if raw.get("min") == 0:
        line["min"] = 0
    return line


def _member(shapes: Json, name: str, raw: Json) -> Json:
    shape = shapes[raw["shape"]]
    wire = raw.get("locationName", shape.get("locationName", name))
    space = raw.get("xmlNamespace", shape.get("xmlNamespace", {}))
    line = {
        "shape": raw["shape"],
        "name": wire if wire != name else None,
        "location": raw.get("location"),
        "flattened": raw.get("flattened"),
        "attribute": raw.get("xmlAttribute"),
        "streaming": raw.get("streaming"),
        "idempotencyToken": raw.get("idempotencyToken"),
        "namespace": [space["prefix"], space["uri"]] if "prefix" in space else None,
        "timestampFormat": raw.get("timestampFormat"),
    }
    return {key: value for key, value in line.items() if value is not None}


def _reachable(shapes: Json, names: set[str]) -> list[str]:
    seen: set[str] = set()
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            raw = shapes[name]
            parts = [
                *raw.get("members", {}).values(),
                *(raw[part] for part in ("member", "key", "value") if part in raw),
            ]
            waiting += [part["shape"] for part in parts]
    return [name for name in shapes if name in seen]


def _text(head: Json, **tables: Json) -> str:
    def dump(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=True)

    lines = [f"{dump(key)}:{dump(value)}" for key, value in head.items()]
    for title, table in tables.items():
        rows = ",\n".join(f"{dump(key)}:{dump(value)}" for key, value in table.items())
        lines.append(f"{dump(title)}:{{\n{rows}\n}}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
