"""What lies in the box phantom: a home that grew in the overlay, beside six volumes."""

import json
from collections.abc import Iterator

from boxtui.demo import repository
from boxtui.demo.archive import Entry
from boxtui.demo.filler import Filler
from boxtui.demo.repository import Commit

UID = 1000
HOME = "home/phantom"
PORT = 8080
VOLUMES = {
    "phantom_claude": "/home/phantom/.claude",
    "phantom_repos": "/app/repos",
    "phantom_data": "/app/data",
    "phantom_config": "/app/config",
    "phantom_memory": "/app/memory",
    "phantom_logs": "/app/logs",
}

_NPM = (
    "@anthropic-ai/claude-code typescript eslint prettier tsx vite esbuild rollup webpack postcss "
    "tailwindcss @types/node zod express fastify undici axios ws pino commander chalk yargs "
    "inquirer ora execa glob rimraf semver lodash dayjs uuid nanoid react react-dom next svelte "
    "vitest jest mocha chai sinon playwright puppeteer cheerio marked highlight.js d3 three"
).split()
_CRATES = (
    "serde serde_json tokio hyper reqwest clap anyhow thiserror tracing regex rayon crossbeam "
    "bytes http tower axum sqlx rusqlite chrono uuid rand sha2 ring rustls libc memchr syn quote "
    "proc-macro2 itertools indexmap hashbrown parking_lot once_cell futures mio socket2 url base64"
).split()
_WHEELS = "requests httpx pydantic numpy pandas rich textual pytest sqlalchemy jinja2".split()

_BRIDGE_PY = f"""\
import http.server, json, time
STARTED = time.time()
class Bridge(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({{"bridge": "up", "seconds": int(time.time() - STARTED)}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", {PORT}), Bridge).serve_forever()
"""
_BRIDGE_PL = f"""\
use IO::Socket::INET;
my $listen = IO::Socket::INET->new(LocalPort => {PORT}, Listen => 16, ReuseAddr => 1) or die $!;
while (my $client = $listen->accept) {{
    while (my $line = <$client>) {{ last if $line =~ /^\\r?$/ }}
    print $client "HTTP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nup\\n";
    close $client;
}}
"""
_START = f"""\
#!/bin/sh
# Started at boot. Listens on :{PORT}; see bridge/config.json.
cd "$(dirname "$0")/bridge" || exit 1
command -v python3 >/dev/null && exec python3 bridge.py
command -v perl >/dev/null && exec perl bridge.pl
exec busybox httpd -f -p {PORT} -h .
"""
_LEDGER = """\
def balance(entries):
    return sum(entry.amount for entry in entries)
"""
_LEDGER_WORK = """\
from decimal import Decimal


def balance(entries, *, currency="EUR"):
    # half done: mixed currencies are still added up
    return sum((Decimal(entry.amount) for entry in entries), Decimal())
"""


def overlay(when: int) -> Iterator[Entry]:
    """Give what lies in the writable layer, most of it under the home."""
    filler = Filler(44, owner=UID, when=when)
    yield Entry(HOME, mode=0o755, owner=UID, mtime=when, folder=True)
    yield from _dotfiles(when)
    yield from _services(filler)
    yield from _work(filler, when)
    yield from _toolchains(filler)
    for name in ("export.csv", "draft.md", "todo.txt"):
        yield filler.file(f"app/projects/quarterly/{name}", filler.text(2000, 60_000))


def volumes(when: int) -> Iterator[Entry]:
    """Give what lies in the volumes, by its path in the box."""
    filler = Filler(45, owner=UID, when=when)
    claude = f"{HOME}/.claude"
    for number in range(40):
        session = f"{claude}/projects/-home-phantom-projects-ledger/session-{number:02}.jsonl"
        yield filler.file(session, filler.text(20_000, 200_000))
    yield filler.file(f"{claude}/settings.json", b'{"model": "opus", "theme": "dark"}\n')
    yield filler.file(f"{claude}/CLAUDE.md", b"# What I know\n\n" + filler.text(1000, 3000))
    token = {"claudeAiOauth": {"accessToken": "demo-not-a-real-token"}}
    yield filler.file(f"{claude}/.credentials.json", json.dumps(token).encode(), mode=0o600)
    for number in range(60):
        yield filler.file(f"app/data/batch-{number:03}.json", filler.text(5_000, 200_000))
        yield filler.file(f"app/memory/{number:03}.md", filler.text(300, 3000))
    for name in ("ledger", "atlas", "lantern"):
        yield filler.file(f"app/repos/{name}/README.md", f"# {name}\n".encode())
        yield filler.file(f"app/repos/{name}/main.py", filler.text(3000, 20_000))
    yield filler.file("app/config/phantom.toml", b'name = "phantom"\n[bridge]\nport = 8080\n')
    yield filler.file("app/logs/phantom.log", filler.text(90_000, 100_000))


def _own(path: str, text: str, when: int, mode: int = 0o644) -> Entry:
    return Entry(f"{HOME}/{path}", text.encode(), mode, UID, when)


def _dotfiles(when: int) -> Iterator[Entry]:
    trust = {"hasTrustDialogAccepted": True, "allowedTools": []}
    claude = {
        "numStartups": 412,
        "theme": "dark",
        "oauthAccount": {"emailAddress": "phantom@example.org"},
        "projects": {f"/{HOME}/projects/ledger": trust, "/app/repos/atlas": trust},
        "mcpServers": {"notes": {"command": f"/{HOME}/.local/bin/notes-mcp"}},
    }
    yield _own(".claude.json", json.dumps(claude, indent=2), when, 0o600)
    yield Entry(f"{HOME}/repos", link="/app/repos", mode=0o777, owner=UID, mtime=when)
    yield _own(".bashrc", 'export PATH="$HOME/.local/bin:$HOME/.cargo/bin:$PATH"\n', when)
    yield _own(".gitconfig", "[user]\n\tname = Phantom\n\temail = phantom@example.org\n", when)
    yield _own(".tmux.conf", "set -g mouse on\n", when)
    truffle = json.dumps({"token": "demo-not-a-real-token"})
    yield _own(".config/truffle/credentials.json", truffle, when, 0o600)
    hosts = "github.com:\n    user: phantom\n    oauth_token: demo-not-a-real-token\n"
    yield _own(".config/gh/hosts.yml", hosts, when, 0o600)
    yield _own(".ssh/known_hosts", "git.example.org ssh-ed25519 AAAAdemo\n", when)


def _services(filler: Filler) -> Iterator[Entry]:
    bridge = f"{HOME}/services/bridge"
    yield filler.file(f"{HOME}/services/start", _START.encode(), mode=0o755)
    yield filler.file(f"{bridge}/bridge.py", _BRIDGE_PY.encode())
    yield filler.file(f"{bridge}/bridge.pl", _BRIDGE_PL.encode())
    yield filler.file(f"{bridge}/config.json", json.dumps({"port": PORT}).encode())
    yield filler.file(f"{bridge}/index.html", b"up\n")
    yield filler.file(f"{HOME}/services/digest/digest.sh", b"#!/bin/sh\n# weekly\n", mode=0o755)


def _work(filler: Filler, when: int) -> Iterator[Entry]:
    for name in (
        "architecture bridge-outage budget customers deploy ideas incident-0412 interviews "
        "ledger-currencies onboarding questions reading roadmap weekly"
    ).split():
        text = f"# {name}\n\n".encode() + filler.text(800, 9000)
        yield filler.file(f"{HOME}/notes/{name}.md", text)
    first = {"README.md": "# ledger\n", "ledger.py": _LEDGER}
    second = first | {"report.py": "print('report')\n"}
    commits = [Commit("Add balances", first), Commit("Report by month", second)]
    working = second | {"ledger.py": _LEDGER_WORK, "rates.py": "RATES = {'USD': '0.92'}\n"}
    root = f"{HOME}/projects/ledger"
    yield from repository.entries(root, commits, working, pushed=1, owner=UID, when=when - 172800)


def _toolchains(filler: Filler) -> Iterator[Entry]:
    rust = f"{HOME}/.rustup/toolchains/stable-x86_64-unknown-linux-gnu"
    yield from filler.programs(f"{HOME}/.nvm/versions/node/v22.11.0/bin", {"node": 62})
    yield from filler.programs(f"{rust}/lib", {"librustc_driver-4f3a.so": 68, "libLLVM.so": 55})
    sizes = {"cargo": 9.0, "rustc": 3, "rg": 5, "fd": 4, "bat": 6, "just": 5, "cargo-nextest": 9}
    yield from filler.programs(f"{HOME}/.cargo/bin", sizes)
    yield from filler.programs(f"{HOME}/.local/bin", {"claude": 38, "notes-mcp": 2, "uv": 14})
    yield from filler.npm(f"{HOME}/.npm-global/lib/node_modules", _NPM, 190)
    yield from filler.crates(f"{HOME}/.cargo/registry", _CRATES, 200)
    yield from filler.wheels(f"{HOME}/.local/lib/python3.11/site-packages", _WHEELS, 160)
    for number in range(24):
        yield filler.file(f"{HOME}/.cache/pip/http-v2/{number:02x}/body", filler.noise(400_000))
