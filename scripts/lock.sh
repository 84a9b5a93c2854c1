#!/bin/sh
# Writes the four locks anew from pyproject.toml: exact versions with hashes, and nothing about where they come from.
#     scripts/lock.sh              keep what is locked as far as it still fits
#     scripts/lock.sh --upgrade    take the newest
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv || echo .venv/bin/uv)
[ -x "$uv" ] || .venv/bin/python -m pip install --quiet uv

lock() {
    out=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file "$out" "$@"
}

# The larger lock first; the smaller ones are bound to it, so that one package has one version.
lock requirements-dev.lock pyproject.toml --extra ldap --group dev "$@"
lock requirements.lock pyproject.toml --constraint requirements-dev.lock
# What a directory needs beyond requirements.lock, with everything in that.
lock requirements-ldap.lock pyproject.toml --extra ldap --constraint requirements-dev.lock
lock requirements-build.lock --group build --constraint requirements-dev.lock
