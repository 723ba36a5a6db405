"""What was installed in a box, from its own books."""

import json
from pathlib import Path

from boxtui.model.scan import Entry, PathClass, Survival
from boxtui.persistence.overlay_walk import Layers
from boxtui.persistence.reinstall import with_lists

STANZA = "Package: {}\nStatus: install ok installed\nVersion: 1\nDescription: x\n more\n\n"


def write(root: Path, path: str, text: str = "") -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def row(path: str, path_class: PathClass = PathClass.TOOL) -> Entry:
    return Entry(path, None, path_class, 2, Survival())


def lists(upper: Path, base: Path, *rows: Entry) -> dict[str, tuple[str, ...] | None]:
    layers = Layers((str(upper),), (str(base),))
    return {entry.path: entry.reinstall for entry in with_lists(rows, layers)}


def test_apt_names_what_the_image_has_not_and_was_asked_for(tmp_path: Path) -> None:
    upper, base = tmp_path / "upper", tmp_path / "base"
    write(base, "/var/lib/dpkg/status", STANZA.format("bash"))
    now = "".join(map(STANZA.format, ("bash", "ripgrep", "libdep", "jq")))
    removed = STANZA.format("gone").replace("install ok installed", "deinstall ok config-files")
    write(upper, "/var/lib/dpkg/status", now + removed)
    write(upper, "/var/lib/apt/extended_states", "Package: libdep\nAuto-Installed: 1\n\n")
    told = lists(upper, base, row("/var/lib/dpkg", PathClass.PKG))
    assert told == {"/var/lib/dpkg": ("apt-get install -y jq ripgrep",)}


def test_npm_pip_and_cargo(tmp_path: Path) -> None:
    upper, base = tmp_path / "upper", tmp_path / "base"
    base.mkdir()
    modules = "/root/.nvm/versions/node/v22.1.0/lib/node_modules"
    for name, version in (("typescript", "5.4.0"), ("@a/b", "1.0.0"), ("npm", "10.0.0")):
        write(upper, f"{modules}/{name}/package.json", json.dumps({"version": version}))
    write(upper, f"{modules}/broken/package.json", "{")
    write(upper, "/root/.local/lib/python3.11/site-packages/httpx-0.27.0.dist-info/METADATA")
    write(upper, "/root/.cargo/.crates.toml", '[v1]\n"ripgrep 14.1.0 (registry+x)" = ["rg"]\n')
    write(upper, "/root/.cargo/bin/rg")
    told = lists(
        upper,
        base,
        row("/root/.nvm"),
        row("/root/.local/lib/python3.11", PathClass.PKG),
        row("/root/.cargo/bin"),
    )
    assert told == {
        "/root/.nvm": ("npm install -g @a/b@1.0.0 typescript@5.4.0",),
        "/root/.local/lib/python3.11": ("pip install httpx==0.27.0",),
        "/root/.cargo/bin": ("cargo install ripgrep --version 14.1.0",),
    }


def test_names_cannot_smuggle_commands(tmp_path: Path) -> None:
    upper, base = tmp_path / "upper", tmp_path / "base"
    base.mkdir()
    write(upper, "/usr/local/lib/node_modules/x/package.json", '{"version": "1; rm -rf ~"}')
    told = lists(upper, base, row("/usr/local/lib/node_modules"))
    assert told == {"/usr/local/lib/node_modules": ("npm install -g 'x@1; rm -rf ~'",)}


def test_links_lead_nowhere(tmp_path: Path) -> None:
    upper, base = tmp_path / "upper", tmp_path / "base"
    base.mkdir()
    outside = tmp_path / "outside"
    write(outside, "status", STANZA.format("secret"))
    (upper / "var/lib").mkdir(parents=True)
    (upper / "var/lib/dpkg").symlink_to(outside)
    assert lists(upper, base, row("/var/lib/dpkg", PathClass.PKG)) == {"/var/lib/dpkg": None}
