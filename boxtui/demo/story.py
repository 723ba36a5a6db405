"""The demo's boxes, told as data; boxes.py makes them, phantom.py fills the first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from boxtui.demo import phantom
from boxtui.model.container import PROJECT_LABEL, SERVICE_LABEL

LABEL = "boxtui.demo"
LABELS = {LABEL: "1"}
NETWORK = "shop_default"
_WAIT = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the demo: what its container is made of."""

    name: str
    script: str
    """What its shell runs."""
    image: str = "agent"
    """The last part of the image's name, see images.NAMES."""
    volumes: Mapping[str, str] = field(default_factory=dict)
    """Targets by the volume's name."""
    anonymous: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    restart: str = "unless-stopped"
    user: str = ""
    port: int | None = None
    health: str | None = None
    network: str | None = None
    engine_socket: bool = False
    then_stop: bool = False

    @property
    def lasts(self) -> bool:
        """Whether it is to run whenever the demo is on."""
        return not self.then_stop and not self.restart.startswith("on-failure")


def _hooks(role: str) -> Box:
    return Box(
        name=f"claude-hooks-{role}",
        script=f"mkdir -p /tmp/work; echo '{role} ready'; {_WAIT}",
        volumes={f"claude-hooks-{role}-state": "/state"},
        environment={"AGENT_ROLE": role, "HOME": "/home/agent"},
        labels={"claude-hooks.role": role},
        user=str(phantom.UID),
    )


def _compose(service: str) -> dict[str, str]:
    return {
        PROJECT_LABEL: "shop",
        SERVICE_LABEL: service,
        "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "False",
        "com.docker.compose.project.working_dir": "/srv/shop",
        "com.docker.compose.project.config_files": "/srv/shop/compose.yaml",
    }


BOXES = (
    Box(
        name="phantom",
        script=f'cd; [ -x services/start ] && {{ services/start & }}; echo "phantom up"; {_WAIT}',
        volumes=phantom.VOLUMES,
        environment={"HOME": f"/{phantom.HOME}", "PHANTOM_NAME": "phantom"},
        user=str(phantom.UID),
        port=phantom.PORT,
    ),
    _hooks("boss"),
    _hooks("dev"),
    _hooks("reviewer"),
    Box(
        name="shop-db-1",
        image="postgres",
        script=f"echo 'database system is ready to accept connections'; {_WAIT}",
        anonymous=("/var/lib/postgresql/data",),
        environment={"POSTGRES_DB": "shop", "PGDATA": "/var/lib/postgresql/data"},
        labels=_compose("db"),
        health="test -f /var/lib/postgresql/data/PG_VERSION",
        network=NETWORK,
    ),
    Box(
        name="shop-cache-1",
        image="redis",
        script=f"echo 'Ready to accept connections tcp'; {_WAIT}",
        volumes={"shop_cache": "/data"},
        labels=_compose("cache"),
        network=NETWORK,
    ),
    Box(name="night-shift", script=f"echo 'done for today'; {_WAIT}", then_stop=True),
    Box(
        name="importer",
        script="echo 'reading feed'; echo 'connection refused: feed.invalid:443' >&2; exit 3",
        restart="on-failure:1",
    ),
    Box(name="scratch", script=f"echo 'trying things' > /root/try.txt; {_WAIT}", restart="no"),
    Box(
        name="deployer",
        script=f"echo 'watching for images'; {_WAIT}",
        environment={"DEPLOY_TOKEN": "demo-not-a-real-token-7d1f0c52", "INTERVAL": "300"},
        engine_socket=True,
    ),
)
