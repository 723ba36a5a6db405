"""The fake engine told to change its volumes, images and networks."""

import hashlib
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from boxtui.engine import parse
from boxtui.errors import InUseError
from boxtui.model.ports import JSON, ByteStream
from boxtui.model.volume import Volume
from tests.fakes.lifecycle import FakeLifecycle
from tests.fakes.state import not_found
from tests.fakes.streams import FakeBytes


class FakeStores(FakeLifecycle):
    def create_volume(
        self,
        name: str,
        *,
        driver: str = "local",
        labels: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Volume:
        self.change("create_volume", name)
        return parse.volume(self.make_volume(name, driver, labels or {}))

    def remove_volume(self, name: str, *, force: bool = False) -> None:
        self.change("remove_volume", name)
        if name not in self.volumes:
            if force:
                return
            raise not_found("volume", name)
        self.drop_volume(name)

    def remove_network(self, ref: str) -> None:
        self.change("remove_network", ref)
        network = next((n for n in self.networks.values() if ref in {n["Id"], n["Name"]}), None)
        if network is None:
            raise not_found("network", ref)
        del self.networks[network["Id"]]
        self.emit("network", "destroy", network["Id"], name=network["Name"])

    def create_network(self, name: str, *, labels: Mapping[str, str] | None = None) -> str:
        self.change("create_network", name)
        network_id = self.add_network(name)
        self.networks[network_id]["Labels"] = dict(labels or {})
        return network_id

    def add_network(self, name: str, driver: str = "bridge") -> str:
        """Put a network there, as somebody else would."""
        network_id = secrets.token_hex(32)
        self.networks[network_id] = {"Id": network_id, "Name": name, "Driver": driver}
        self.emit("network", "create", network_id, name=name)
        return network_id

    def add_image(self, tag: str, *, size: int = 1, labels: Mapping[str, str] | None = None) -> str:
        """Put an image there, as a pull would."""
        image_id = f"sha256:{hashlib.sha256(tag.encode()).hexdigest()}"
        self.images[image_id] = {
            "Id": image_id, "RepoTags": [tag], "RepoDigests": [], "Created": int(time.time()),
            "Size": size, "Labels": dict(labels or {}), "Config": {"Labels": dict(labels or {})},
        }  # fmt: skip
        self.emit("image", "pull", tag)
        return image_id

    def commit(
        self,
        ref: str,
        *,
        repository: str | None = None,
        tag: str | None = None,
        pause: bool = True,
        body: Mapping[str, Any] | None = None,
    ) -> str:
        self.change("commit", ref)
        document = self.find(ref)
        image_id = self.add_image(f"{repository or secrets.token_hex(8)}:{tag or 'latest'}")
        self._tell("commit", document)
        return image_id

    def load_image(self, tar: BinaryIO | Iterator[bytes]) -> Sequence[str]:
        data = tar.read() if hasattr(tar, "read") else b"".join(tar)
        digest = hashlib.sha256(data).hexdigest()
        self.change("load_image", digest)
        return [f"Loaded image ID: {self.add_image(f'loaded:{digest[:12]}')}"]

    def save_image(self, ref: str) -> ByteStream:
        self.check("save_image")
        return FakeBytes([self.find_image(ref)["Id"].encode()])

    def pull(self, ref: str) -> Iterator[JSON]:
        self.change("pull", ref)
        full = ref if ":" in ref else f"{ref}:latest"
        yield {"status": f"Pulling from {ref}"}
        self.add_image(full)
        yield {"status": f"Status: Downloaded newer image for {full}"}

    def tag_image(self, ref: str, repository: str, tag: str) -> None:
        self.change("tag_image", ref)
        image = self.find_image(ref)
        image["RepoTags"].append(f"{repository}:{tag}")
        self.emit("image", "tag", image["Id"], name=f"{repository}:{tag}")

    def remove_image(self, ref: str, *, force: bool = False) -> None:
        self.change("remove_image", ref)
        image = self.find_image(ref)
        if ref != image["Id"] and len(image["RepoTags"]) > 1:
            image["RepoTags"].remove(ref if ":" in ref else f"{ref}:latest")
            self.emit("image", "untag", image["Id"])
            return
        users = [d["Id"][:12] for d in self.containers.values() if d["Image"] == image["Id"]]
        if users and not force:
            raise InUseError(
                f"could not remove image {ref}: something still uses it",
                reason=f"conflict: image is being used by container {users[0]}",
            )
        del self.images[image["Id"]]
        self.emit("image", "delete", image["Id"])

    def prune(self, kind: str, *, filters: Mapping[str, list[str]] | None = None) -> JSON:
        self.change("prune", kind)
        gone = []
        if kind == "containers":
            gone = [i for i, d in self.containers.items() if not d["State"]["Running"]]
            for container_id in gone:
                self._tell("destroy", self.containers.pop(container_id))
        elif kind == "volumes":
            for name in list(self.volumes):
                with suppress(InUseError):
                    self.drop_volume(name)
                    gone.append(name)
        return {f"{kind.capitalize()}Deleted": gone or None, "SpaceReclaimed": 0}

    def put_archive(self, ref: str, path: str, tar: BinaryIO | Iterator[bytes] | bytes) -> None:
        self.change("put_archive", ref)
        container_id = self.find(ref)["Id"]
        if isinstance(tar, bytes):
            self.files[container_id, path] = tar
        else:
            data = tar.read() if hasattr(tar, "read") else b"".join(tar)
            self.files[container_id, path] = data
