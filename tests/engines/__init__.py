"""Real engines for the tests: fixtures of tests/conftest.py, and what stands behind them.

Mark a test (or `pytestmark`) with `pytest.mark.engine`, then ask for:

`engine`        one engine for the whole session (`RunningEngine`): `.url`, `.socket`,
                `.docker("ps", "-a")` (the docker CLI: stdout, stripped; a failure raises with
                stderr), `.docker.json("inspect", ref)`, `.docker.attempt(...)` (CompletedProcess),
                `.data_root` (Path on this machine), `.version` ("20.10.24"). Others use it at the
                same time: never restart it, never prune, count only what is yours.
`boxes`         makes things on `engine`, gone after the test, volumes included:
                `.run("busybox", *argv, options=[...], name=None) -> id` (no argv: a box that
                stays and ends at SIGTERM), `.create(...)`, `.volume(name=None, ...)`,
                `.network(name=None)`, `.image(base, "VOLUME /data", "ENV A=b") -> ref` (a
                Dockerfile's lines on a base), `.name("x")` (a fresh name), `.adopt("container",
                ref)` (have what somebody else made removed too).
images          "busybox" (2 MB, sh) and, through the fixture `realistic`, "realistic" (a Debian
                with bash tmux vim htop git python3 less procps): `boxes.run(realistic, ...)`.
`private_engine` an engine for this test alone (`PrivateEngine`): as `engine`, with `.stop()`,
                `.start()`, `.kill()` (SIGKILL) and `.pid`; has "busybox".
`engine_factory` the same as a function of the whole session: `engine_factory(arguments=[...])`.
`tls_engine`    an engine at tcp://127.0.0.1:PORT with --tlsverify; `.certificates` is a folder with
                ca.pem, cert.pem and key.pem; `.environment` names them to docker and boxtui.
`newer_engine`  parametrised over trixie (26.1), sid (28), containerd (28 with containerd's image
                store: no GraphDriver) and podman (5), marked `full`; its boxes need `--network
                none`; made once by debootstrap, minutes each.
`sshd`          a loopback sshd (`Sshd`): `.url(socket, user="root")`; with PATH set to `.path`, ssh
                of this process logs in by its key.
`operator`      an unprivileged user (`Operator`), who reaches `engine` by ssh alone: `.url`,
                `.ask("ps") -> (code, document, words)` runs boxtui as this user with --json,
                `.boxtui(*words)` and `.command(argv)` give argv, `.environment`, `.home`.
`proxy`         a `Proxy` (tests/engines/proxy.py) before `engine`'s socket: `.url`, `.requests`,
                `.counts` (by method), `.changes` (all but GET and HEAD), `.wait_for(method,
                path, answered=False)`, and faults: `.cut()`,
                `.stall()`/`.resume()`, `.delay(seconds)`, `.limit(bytes_per_second)`,
                `.refuse()`/`.accept()`, `.drop_reply("POST", "/containers/.*/rename")` (after the
                engine has acted), `.fail("POST", pattern, status, message)`,
                `.before(method, pattern, callback)`. `proxy_factory(socket)` for other engines.

`BOXTUI_TEST_DOCKER_HOST=unix:///path/docker.sock` lends a running engine to `engine`; otherwise a
private dockerd runs for the session (root and docker.io needed), and that variable names it while
tests marked `engine` run. What is costly lies in /var/cache/boxtui-tests (`BOXTUI_TEST_CACHE`):
roots, and the data root with its images. Runs at the same time take different data roots; what a
killed run left is swept at the next start.
"""
