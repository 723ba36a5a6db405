"""The fake engine asked about its objects and their files."""

from collections.abc import Collection, Iterator, Mapping

from boxtui.engine import parse
from boxtui.model.container import Container
from boxtui.model.host import EngineInfo
from boxtui.model.image import Image
from boxtui.model.network import Network
from boxtui.model.ports import JSON, ByteStream, Change, PathStat
from boxtui.model.volume import Volume
from tests.fakes import documents
from tests.fakes.state import FakeState, not_found, refused
from tests.fakes.streams import FakeBytes, FakeEvents


class FakeReads(FakeState):
    def info(self) -> EngineInfo:
        self.check("info")
        return EngineInfo(
            "FAKE", "fake", "20.10.24", "1.41", "fake://", None, "/var/lib/docker", "overlay2"
        )

    def ping(self) -> None:
        self.check("ping")

    def list_containers(
        self,
        *,
        running_only: bool = False,
        ids: Collection[str] | None = None,
        label: str | None = None,
    ) -> list[Container]:
        self.check("list_containers")
        found = [
            parse.container_summary(documents.summary(d))
            for d in list(self.containers.values())
            if ids is None or any(d["Id"].startswith(i) for i in ids)
        ]
        found = [c for c in found if label is None or _labelled(c, label)]
        return [c for c in found if c.running or not running_only]

    def inspect_container(self, ref: str) -> Container:
        self.check("inspect_container")
        return parse.container(self.find(ref))

    def list_volumes(self) -> list[Volume]:
        self.check("list_volumes")
        return [parse.volume(v) for v in list(self.volumes.values())]

    def list_images(self) -> list[Image]:
        self.check("list_images")
        return [parse.image(i) for i in list(self.images.values())]

    def list_networks(self) -> list[Network]:
        self.check("list_networks")
        return [parse.network(n) for n in list(self.networks.values())]

    def raw(self, kind: str, ref: str, *, size: bool = False) -> JSON:
        self.check("raw")
        if kind == "container":
            return self.find(ref)
        if kind == "image":
            return self.find_image(ref)
        known = {"volume": self.volumes, "network": self.networks}[kind]
        for key, document in known.items():
            if ref in {key, document["Name"]}:
                return document
        raise not_found(kind, ref)

    def volume_sizes(self) -> Mapping[str, int]:
        self.check("volume_sizes")
        return {name: self.sizes.get(name, 0) for name in self.volumes}

    def processes(self, ref: str) -> list[tuple[int, str]]:
        self.check("processes")
        document = self.find(ref)
        if not document["State"]["Running"]:
            raise refused(f"list the processes of {ref}", f"Container {ref} is not running")
        return [(document["State"]["Pid"], " ".join([document["Path"], *document["Args"]]))]

    def events(self, *, since_ns: int | None = None) -> FakeEvents:
        self.check("events")
        return self.listen(since_ns)


class FakeFiles(FakeState):
    def changes(self, ref: str) -> Iterator[Change]:
        self.check("changes")
        return iter(self.diffs.get(self.find(ref)["Id"], []))

    def stat_path(self, ref: str, path: str) -> PathStat:
        self.check("stat_path")
        tar = self.files.get((self.find(ref)["Id"], path))
        if tar is None:
            raise not_found("path", path)
        return PathStat(path.rpartition("/")[2], len(tar), 0o100644, 0.0, "")

    def get_archive(self, ref: str, path: str) -> ByteStream:
        self.check("get_archive")
        tar = self.files.get((self.find(ref)["Id"], path))
        if tar is None:
            raise not_found("path", path)
        return FakeBytes([tar])

    def export(self, ref: str) -> ByteStream:
        self.check("export")
        return FakeBytes([self.files.get((self.find(ref)["Id"], "/"), b"\0" * 1024)])


def _labelled(container: Container, label: str) -> bool:
    key, equals, value = label.partition("=")
    return key in container.labels and (not equals or container.labels[key] == value)
