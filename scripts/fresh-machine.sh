#!/bin/bash
# Proves on an empty Debian 12 (debootstrap: minbase and python3, git, make) what the README promises: a developer's
# machine hides missing packages. Each proof gets a machine of its own. Needs root and debootstrap; leaves nothing behind.
#     scripts/fresh-machine.sh [--tree] [stop|run|check|test]…
# --tree takes the working tree as it stands instead of a clone of HEAD. How packages are reached (apt, pip, proxies,
# certificates) is taken from this machine; MIRROR=URL names another place for debootstrap.
# shellcheck disable=SC2016,SC2317  # quoted for another shell; proofs are called by name
set -euo pipefail
cd "$(dirname "$0")/.."

here=$PWD project=/srv/lgpki-tui source=HEAD
if [ "${1:-}" = --tree ]; then
    source=tree
    shift
fi
[ $# -gt 0 ] || set -- stop run check test
if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
    echo "fresh-machine.sh needs root and debootstrap (apt-get install debootstrap)" >&2
    exit 3
fi

work=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh-machine.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM

tell() { printf '\n=== %s\n' "$*"; }

mirror() {
    apt-get indextargets --format '$(RELEASE) $(SITE)' 'Created-By: Packages' | awk '$1 == "bookworm" { print $2; exit }'
}

make_base() {
    debootstrap --variant=minbase --include=python3,git,make bookworm "$1" "${MIRROR:-$(mirror)}" >"$work/log" 2>&1 || {
        tail -n 20 "$work/log" >&2
        exit 3
    }
    # This machine's way to the packages, and nothing else of it.
    rm -f "$1/etc/apt/sources.list"
    cp -a /etc/apt/. "$1/etc/apt/"
    local file
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf" ~/.pip/pip.conf; do
        [ -e "$file" ] && install -D -m 644 "$file" "$1/${file/#$HOME//root}"
    done
    # Certificates of the site; Debian's own come when ca-certificates is installed, and these with them.
    mkdir -p "$1/usr/local/share/ca-certificates"
    cp -a /usr/local/share/ca-certificates/. "$1/usr/local/share/ca-certificates/"
    rm -f "$1/etc/machine-id" # where debootstrap is run from decides whether there is one; a fresh machine has none
}

put_project() {
    if [ $source = HEAD ]; then
        git clone --quiet --no-hardlinks "$here" "$1$project"
    else
        mkdir -p "$1$project"
        git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$1$project"
    fi
}

# in_machine ROOT USER COMMAND: in ROOT, in the project, by the shell, with mounts and processes of its own.
in_machine() {
    local reach
    mapfile -t reach < <(env | grep -E '^(PIP_[A-Z_]+|[A-Za-z]+_(proxy|PROXY)|REQUESTS_CA_BUNDLE|SSL_CERT_(FILE|DIR))=')
    # Bound onto itself, / is a mount point there, as `unshare --mount` wants. The shell stays, as process 1, to reap orphans.
    unshare --mount --pid --fork --kill-child --propagation private sh -ec '
        root=$1 user=$2; shift 2
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        # Not only chroot: who enters a mount namespace below (nsenter) would stand in the root of this machine again.
        cd "$root"
        mkdir -p .old
        pivot_root . .old
        umount --lazy /.old
        rmdir /.old
        code=0; chroot --userspec="$user" / "$@" || code=$?
        exit "$code"' sh "$1" "$2" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}" "${reach[@]}" sh -ec "cd $project; $3"
}

# Without the right to install: the packages, the command, stop.
prove_stop() {
    local said
    chown -R 65534:65534 "$1$project"
    if said=$(in_machine "$1" 65534:65534 'LANG=en_US.UTF-8 make run' 2>&1); then
        return 1
    fi
    printf '%s\n' "$said"
    grep -q 'sudo apt-get install .*softhsm2' <<<"$said" && [ ! -e "$1$project/.venv" ]
}

# The second time nothing is missing, and nothing is said about it.
prove_run() { in_machine "$1" 0:0 'export CI=true; make run; [ -z "$(scripts/prepare.sh run 2>&1)" ]; make run'; }
prove_check() { in_machine "$1" 0:0 'export CI=true; make check'; }
prove_test() { in_machine "$1" 0:0 'export CI=true; make test'; }

tell "debootstrap"
make_base "$work/base"
tell "debootstrap: $SECONDS s"
failed=0 summary=()
for proof in "$@"; do
    tell "$proof"
    cp -a "$work/base" "$work/$proof"
    put_project "$work/$proof"
    began=$SECONDS verdict=proved
    "prove_$proof" "$work/$proof" || verdict=FAILED failed=1
    summary+=("$(printf '%-6s %-6s %4d s' "$proof" "$verdict" $((SECONDS - began)))")
    rm -rf --one-file-system "${work:?}/$proof"
done
tell "fresh machine"
printf '%s\n' "${summary[@]}"
exit $failed
