"""put, get, mv, rm and ls with s3fs, everything by its defaults."""

import sys

import s3fs


def main(action: str, bucket: str, key: str = "", target: str = "") -> None:
    files = s3fs.S3FileSystem()
    if action == "put":
        files.put_file(target, f"{bucket}/{key}")
    elif action == "get":
        files.get_file(f"{bucket}/{key}", target)
    elif action == "mv":
        files.mv(f"{bucket}/{key}", f"{bucket}/{target}")
    elif action == "rm":
        files.rm_file(f"{bucket}/{key}")
    else:
        for path in files.find(bucket):
            sys.stdout.write(path.removeprefix(f"{bucket}/") + "\n")


main(*sys.argv[1:])
