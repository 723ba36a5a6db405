"""The fake engine told to change its containers."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from boxtui.errors import InUseError
from boxtui.model.ports import JSON
from tests.fakes import documents
from tests.fakes.state import FakeState, not_found, refused


class FakeLifecycle(FakeState):
    def start(self, ref: str) -> None:
        self.change("start", ref)
        document = self.find(ref)
        if not document["State"]["Running"]:
            document["State"] |= {
                "Status": "running", "Running": True, "Pid": 4242, "StartedAt": documents.now(),
            }  # fmt: skip
            self._tell("start", document)

    def stop(self, ref: str, *, timeout: int | None = None) -> None:
        self.change("stop", ref)
        self._end(self.find(ref), 137, "stop")

    def restart(self, ref: str, *, timeout: int | None = None) -> None:
        self.change("restart", ref)
        self._end(self.find(ref), 137, "stop")
        self.start(ref)

    def pause(self, ref: str) -> None:
        self.change("pause", ref)
        self._freeze(ref, paused=True)

    def unpause(self, ref: str) -> None:
        self.change("unpause", ref)
        self._freeze(ref, paused=False)

    def kill(self, ref: str, signal: str) -> None:
        self.change("kill", ref)
        document = self.find(ref)
        if not document["State"]["Running"]:
            raise refused(f"send {signal} to {ref}", f"Container {ref} is not running")
        self._end(document, 137)

    def rename(self, ref: str, name: str) -> None:
        self.change("rename", ref)
        document = self.find(ref)
        self._check_free(name)
        document["Name"] = f"/{name}"
        self._tell("rename", document)

    def update(self, ref: str, body: Mapping[str, Any]) -> None:
        self.change("update", ref)
        document = self.find(ref)
        document["HostConfig"] |= body
        self._tell("update", document)

    def remove_container(self, ref: str, *, volumes: bool = False, force: bool = False) -> None:
        self.change("remove_container", ref)
        document = self.find(ref)
        if document["State"]["Running"] and not force:
            raise refused(
                f"remove container {ref}",
                f"You cannot remove a running container {document['Id']}. Stop the container "
                "before attempting removal or force remove",
            )
        self._end(document, 137)
        del self.containers[document["Id"]]
        self._tell("destroy", document)
        for mount in document["Mounts"] if volumes else ():
            if self.volumes.get(mount.get("Name") or "", {}).get("Anonymous"):
                with suppress(InUseError):
                    self.drop_volume(mount["Name"])

    def create_container(
        self, name: str, body: Mapping[str, Any], *, platform: str | None = None
    ) -> str:
        self.change("create_container", name)
        self._check_free(name)
        image = self.find_image(str(body.get("Image") or ""))
        document = documents.container_document(secrets.token_hex(32), name, body, image)
        host = document["HostConfig"]
        entries = [*map(documents.bind_entry, host.get("Binds") or ()), *(host.get("Mounts") or ())]
        for entry in entries:
            document["Mounts"].append(self._mount(entry))
        self.containers[document["Id"]] = document
        self._tell("create", document)
        return str(document["Id"])

    def connect(self, network: str, ref: str, endpoint: Mapping[str, Any]) -> None:
        self.change("connect", ref)
        document = self.find(ref)
        found = [n for n in self.networks.values() if network in {n["Id"], n["Name"]}]
        if not found:
            raise not_found("network", network)
        document["NetworkSettings"]["Networks"][found[0]["Name"]] = dict(endpoint)
        self.emit("network", "connect", found[0]["Id"], container=document["Id"])

    def drop_volume(self, name: str) -> None:
        users = [
            d["Id"]
            for d in self.containers.values()
            if any(m.get("Name") == name for m in d["Mounts"])
        ]
        if users:
            raise InUseError(
                f"could not remove volume {name}: something still uses it",
                reason=f"remove {name}: volume is in use - [{', '.join(users)}]",
            )
        del self.volumes[name]
        self.emit("volume", "destroy", name)

    def make_volume(self, name: str, driver: str, labels: Mapping[str, str]) -> JSON:
        if name not in self.volumes:
            self.volumes[name] = {
                "Name": name,
                "Driver": driver,
                "Mountpoint": f"/var/lib/docker/volumes/{name}/_data",
                "CreatedAt": documents.now(),
                "Labels": dict(labels),
                "Options": {},
                "Scope": "local",
            }
            self.emit("volume", "create", name)
        return self.volumes[name]

    def _mount(self, entry: Mapping[str, Any]) -> JSON:
        if (entry.get("Type") or "volume") != "volume":
            return documents.mount_document(entry, "")
        anonymous = not entry.get("Source")
        name = entry.get("Source") or secrets.token_hex(32)
        volume = self.make_volume(name, "local", {})
        if anonymous:
            volume["Anonymous"] = True
        return documents.mount_document({**entry, "Source": name}, volume["Mountpoint"])

    def _check_free(self, name: str) -> None:
        for other in self.containers.values():
            if other["Name"] == f"/{name}":
                words = f'Conflict. The container name "/{name}" is already in use'
                raise refused(f"create container {name}", words)

    def _end(self, document: JSON, code: int, last: str | None = None) -> None:
        if not document["State"]["Running"]:
            return
        document["State"] |= {
            "Status": "exited", "Running": False, "Paused": False, "Pid": 0,
            "ExitCode": code, "FinishedAt": documents.now(),
        }  # fmt: skip
        self._tell("die", document)
        if last:
            self._tell(last, document)

    def _freeze(self, ref: str, *, paused: bool) -> None:
        document = self.find(ref)
        wanted, verb = ("running", "pause") if paused else ("paused", "unpause")
        if document["State"]["Status"] != wanted:
            raise refused(f"{verb} {ref}", f"Container {ref} is not {wanted}")
        document["State"] |= {"Status": "paused" if paused else "running", "Paused": paused}
        self._tell(verb, document)

    def _tell(self, action: str, document: JSON) -> None:
        self.emit("container", action, document["Id"], name=document["Name"].removeprefix("/"))
