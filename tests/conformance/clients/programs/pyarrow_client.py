"""put, get, mv, rm and ls with pyarrow's S3 file system."""

import os
import shutil
import sys
from pathlib import Path

from pyarrow.fs import FileSelector, FileType, S3FileSystem


def main(action: str, bucket: str, key: str = "", target: str = "") -> None:
    trusted = {"tls_ca_file_path": os.environ["AWS_CA_BUNDLE"]} if "AWS_CA_BUNDLE" in os.environ else {}
    files = S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"], **trusted)
    if action == "put":
        with Path(target).open("rb") as source, files.open_output_stream(f"{bucket}/{key}") as into:
            shutil.copyfileobj(source, into)
    elif action == "get":
        with files.open_input_stream(f"{bucket}/{key}") as source, Path(target).open("wb") as into:
            shutil.copyfileobj(source, into)
    elif action == "mv":
        files.move(f"{bucket}/{key}", f"{bucket}/{target}")
    elif action == "rm":
        files.delete_file(f"{bucket}/{key}")
    else:
        for found in files.get_file_info(FileSelector(bucket, recursive=True)):
            if found.type == FileType.File:
                sys.stdout.write(found.path.removeprefix(f"{bucket}/") + "\n")


main(*sys.argv[1:])
