"""The command line: one file a command; loads no Textual.

To add a command `verb`, add `commands/verb.py` with a docstring whose first line is its help, and

    COMMAND = Command(run=run, configure=configure, fields=("things",))

`configure(parser)` adds its own arguments (the global flags are there already), and
`run(call: Call)` returns a `Report`: the fields of the JSON document and, for people, lines of
text; a `ConsoleRequest` where the console is to be opened; or a bare exit code for what wrote its
own output (exec). Errors are raised from boxtui.errors. `changes=True` adds --dry-run, --yes,
--confirm and --progress; `program=True` gives what follows `--` as `call.program`. A `-` in a verb
is a `_` in its file's name. Heavy rooms are reached through `call.core`, which imports them when
first asked; a command's file imports what is light at its top.
"""
