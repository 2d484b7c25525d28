#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What a container is made of, for tests without an engine.

    image.py Dockerfile STAGE       lines "from BASE", "copy STAGE FROM TO",
                                    "run COMMAND", "env NAME=VALUE", "user UID",
                                    "start WORD...", of a stage and those below
    image.py FILE.yaml SERVICE      lines "NAME=VALUE": the environment of a
                                    service, or what a ConfigMap holds

Anything not understood is an error.
"""
import json
import re
import shlex
import sys


def stages(path):
    """The stages by name: lists of (instruction, rest)."""
    text = re.sub(r"^#.*\n", "", open(path, encoding="utf-8").read(), flags=re.M)
    found, at = {}, None
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if not line.strip():
            continue
        word, rest = line.split(None, 1)
        if word == "FROM":
            base, kind, name = rest.split()
            assert kind == "AS" and name not in found, line
            at = found[name] = [("from", base)]
        else:
            at.append((word.lower(), " ".join(rest.split())))
    return found


def show(found, name):
    for word, rest in found[name]:
        if word == "from" and rest in found:
            show(found, rest)
        elif word == "copy" and rest.startswith("--from="):
            stage, source, target = rest[len("--from="):].split()
            assert stage in found, rest
            print("copy", stage, source, target)
        elif word == "env":
            for setting in shlex.split(rest):
                assert re.match(r"[A-Z_]+=", setting), setting
                print("env", setting)
        elif word in ("entrypoint", "cmd"):
            print("start", *json.loads(rest))
        elif word in ("from", "run", "user", "workdir", "copy"):
            print(word, rest)
        else:
            sys.exit(f"{word}: unknown instruction")


def settings(path, name):
    import yaml
    for document in yaml.safe_load_all(open(path, encoding="utf-8")):
        values = document.get("data") if document.get("kind") == "ConfigMap" else \
            document.get("services", {}).get(name, {}).get("environment")
        for key, value in (values or {}).items():
            print(f"{key}={value}")


if sys.argv[1].endswith(".yaml"):
    settings(*sys.argv[1:])
else:
    show(stages(sys.argv[1]), sys.argv[2])
