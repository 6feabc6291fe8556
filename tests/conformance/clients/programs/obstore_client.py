"""put, get, mv, rm and ls with obstore; the keys and the endpoint come from the environment."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig


def main(action: str, bucket: str, key: str = "", target: str = "") -> None:
    client: ClientConfig = {"allow_http": True}
    if "AWS_CA_BUNDLE" in os.environ:
        client["root_certificate"] = Path(os.environ["AWS_CA_BUNDLE"]).read_text()
    store = S3Store(bucket, client_options=client)
    if action == "put":
        obstore.put(store, key, Path(target))
    elif action == "get":
        with Path(target).open("wb") as into:
            for piece in obstore.get(store, key):
                into.write(piece)
    elif action == "mv":
        obstore.rename(store, key, target)
    elif action == "rm":
        obstore.delete(store, key)
    else:
        for page in obstore.list(store):
            for listed in page:
                sys.stdout.write(listed["path"] + "\n")


main(*sys.argv[1:])
