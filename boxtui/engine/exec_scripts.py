"""The shell scripts that run in boxes, and the announcement that one of them makes.

They are for any POSIX shell: dash and busybox ash as much as bash.
"""

import re

# A private operating system command carries the pid; the nonce keeps the box from forging one.
# The shell would start with a size of 0 by 0, since engines before API 1.42 take a size only once
# it runs: `stty` sets it from within, before the program can ask.
_WRAPPER = r"""
printf '\033]5379;%s;%s\007' "$1" "$$"
stty rows "$2" cols "$3" 2>/dev/null
"""
RUN = (
    _WRAPPER
    + r"""
shift 3
exec "$@"
"""
)
SHELL = (
    _WRAPPER
    + r"""
for shell in "$4" "$SHELL" bash zsh fish ash; do
  [ -n "$shell" ] && command -v "$shell" >/dev/null 2>&1 && exec "$shell"
done
exec sh
"""
)
# Without a terminal there is nothing to size.
PLAIN = r"""
printf '\033]5379;%s;%s\007' "$1" "$$"
shift
exec "$@"
"""
# The engine has no call that ends an exec, and closing its stream sends no signal. The program
# leads a session of its own: all processes of that session get what a terminal's end would send.
# After a grace what has not obeyed is killed; but not a background job that ignores hang-ups
# (nohup): that was its owner's wish. Prints the number of those.
HANG_UP = r"""
session=$1
members() {
  for folder in /proc/[0-9]*; do
    { read -r line < "$folder/stat"; } 2>/dev/null || continue
    set -- ${line##*) }
    [ "$4" = "$session" ] && [ "$1" != Z ] && [ "$1" != X ] || continue
    echo "${folder#/proc/} $3 $6"
  done
}
protected() {
  [ "$1" != "$session" ] && [ "$2" != "$3" ] || return 1
  while read -r name mask; do
    [ "$name" = SigIgn: ] || continue
    case $mask in *[13579bdf]) return 0 ;; esac
  done < "/proc/$1/status"
  return 1
}
signal() {
  left=0
  spared=0
  list=$(members)
  while read -r pid group front; do
    [ -n "$pid" ] || continue
    if protected "$pid" "$group" "$front" 2>/dev/null; then
      spared=$((spared + 1))
    else
      left=$((left + 1))
      kill "-$1" "$pid" 2>/dev/null
      [ "$1" = HUP ] && kill -CONT "$pid" 2>/dev/null
    fi
  done <<END
$list
END
}
await() {
  tries=$1
  while [ "$tries" -gt 0 ]; do
    signal 0
    [ "$left" -eq 0 ] && break
    sleep 0.05 2>/dev/null || sleep 1
    tries=$((tries - 1))
  done
}
signal HUP
await 20
[ "$left" -eq 0 ] || { signal TERM; await 10; }
[ "$left" -eq 0 ] || { signal KILL; await 20; }
echo "$left $spared"
"""
_LONGEST = 128


class Announcement:
    """Takes the wrapper's first words out of the output, wherever chunks are cut."""

    def __init__(self, nonce: str) -> None:
        self._opening = f"\x1b]5379;{nonce};".encode()
        self._whole = re.compile(re.escape(self._opening) + rb"(\d+)\x07")
        self._head = b""
        self.pid: int | None = None
        self.pending = True
        """Whether the words may still come."""

    def feed(self, data: bytes) -> bytes:
        """Give the program's own output among `data`."""
        if not self.pending:
            return data
        self._head += data
        match = self._whole.match(self._head)
        if match is not None:
            self.pid = int(match[1])
            return self._settle(self._head[match.end() :])
        may_come = self._opening.startswith(self._head) or (
            self._head.startswith(self._opening) and len(self._head) < _LONGEST
        )
        return b"" if may_come else self._settle(self._head)

    def flush(self) -> bytes:
        """Give what was held back, at the end."""
        return self._settle(self._head) if self.pending else b""

    def _settle(self, rest: bytes) -> bytes:
        self.pending = False
        self._head = b""
        return rest
