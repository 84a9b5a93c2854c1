#!/bin/sh
# Makes this checkout ready for a purpose, and says nothing when it is:    scripts/prepare.sh run|check|test
#
#   Debian packages   What is missing is named before it is installed, by root or through sudo. On a terminal it asks
#                     once; under CI=true, or where there is no terminal to answer on, the right to install is the answer.
#   .venv             Made with Debian's own Python (one from elsewhere finds other libraries than the packages bring);
#                     holds the locked packages, hashes checked, and this checkout.
#
# Exit status 3: something is missing and cannot be installed here; what it is, and the command, has been printed.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:-run}
# ca-certificates: Debian's pip trusts no other list. The compiler and the headers build pyscard, which is an sdist.
packages="ca-certificates gcc libc6-dev libpcsclite-dev python3-dev python3-venv"
lock=requirements-dev.lock
case $purpose in
    # The font is for the application sheet.
    run) packages="$packages softhsm2 fonts-ipaexfont-gothic" lock=requirements.lock ;;
    # The headers build python-ldap, which is an sdist.
    check) packages="$packages libldap-dev libsasl2-dev" ;;
    # The programs that judge ours, and what plays other users, full disks, other machines, readers and cards.
    # With vsmartcard-vpcd a pcscd that runs as a service listens on ports 35963 and 35964 of every address.
    test)
        packages="$packages softhsm2 fonts-ipaexfont-gothic gnutls-bin libengine-pkcs11-openssl libnss3-tools mount opensc"
        # FAT and exFAT, also where the kernel has neither.
        packages="$packages dosfstools e2fsprogs exfat-fuse exfatprogs fusefat mtools"
        packages="$packages opensc-pkcs11 openssh-client openssh-server openssl pcscd poppler-utils procps strace tmux"
        packages="$packages util-linux vsmartcard-vpcd whiptail"
        # The tokens of the card contract, and what they stand on.
        packages="$packages dbus-bin dbus-daemon iproute2 libopencryptoki0 libtpm2-pkcs11-1 libtss2-tcti-swtpm0"
        packages="$packages libtss2-tcti-tabrmd0 opencryptoki p11-kit p11-kit-modules swtpm tpm2-abrmd"
        # The directory that the tests ask (each starts a slapd of its own), and the headers that build its client.
        packages="$packages libldap-dev libsasl2-dev slapd"
        ;;
    *)
        echo "usage: $0 run|check|test" >&2
        exit 2
        ;;
esac

# Both languages; docs/contract.md (Commands) says which one speaks.
say() {
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
        [Ee][Nn]*) printf '%s\n' "$2" >&2 ;;
        *) printf '%s\n' "$1" >&2 ;;
    esac
}

missing_packages() {
    # shellcheck disable=SC2086  # a list of words
    found=" $(dpkg-query --show --showformat='${db:Status-Status}/${Package} ' $packages 2>/dev/null || :)"
    for package in $packages; do
        case $found in
            *" installed/$package "*) ;;
            *) printf ' %s' "$package" ;;
        esac
    done
}

# --- Debian packages ---

install_packages() {
    install="apt-get install --yes --no-install-recommends$missing"
    say "次の Debian パッケージが必要です:$missing" "These Debian packages are needed:$missing"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || cannot_install
        as_root=sudo
    fi
    if [ -t 0 ] && [ "${CI:-}" != true ]; then
        say "インストールしますか? [Y/n]" "Install them? [Y/n]"
        read -r answer || answer=n
        case $answer in
            '' | [Yy]* | はい) ;;
            *) cannot_install ;;
        esac
        [ -z "$as_root" ] || sudo -v || cannot_install
    else
        [ -z "$as_root" ] || sudo -n true 2>/dev/null || cannot_install
    fi
    # A list of packages that is out of date names files that are gone; one that cannot be renewed may still do.
    wait_for_lock="-o DPkg::Lock::Timeout=300"
    # shellcheck disable=SC2086
    $as_root apt-get $wait_for_lock --quiet=2 update || :
    # Without this the package slapd makes a directory and serves it on port 389 of every address.
    case " $missing " in
        *" slapd "*) echo "slapd slapd/no_configuration boolean true" | $as_root debconf-set-selections || : ;;
    esac
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive $install $wait_for_lock --quiet=2 -o Dpkg::Use-Pty=0 >/dev/null ||
        cannot_install
}

cannot_install() {
    say "インストールせずに終了します。管理者として次を実行してから、もう一度お試しください:" \
        "Nothing more is done. Run this as an administrator, then try again:"
    echo "    sudo $install" >&2
    exit 3
}

# --- .venv ---

# Whatever must be done again when it changes: the place, the Python, the locks, what pip records of the project.
state() {
    { pwd && readlink -f .venv/bin/python && cat requirements-build.lock "$1" pyproject.toml lgpki_tui/__init__.py; } |
        sha256sum
}

is_ready() {
    [ -x .venv/bin/python ] && [ "$(cat ".venv/ready-$1" 2>/dev/null)" = "$(state "$1")" ]
}

good_python() {
    for candidate in /usr/bin/python3 python3; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        command -v "$candidate"
        return
    done
    say "Python 3.11 以上が必要です。" "Python 3.11 or later is needed."
    exit 3
}

# A copied checkout has scripts that point to the old place; a changed Python finds none of its packages.
is_ours() {
    [ "$(readlink -f .venv/bin/python)" = "$(readlink -f "$1")" ] &&
        grep -qsx "command = .* $PWD/.venv" .venv/pyvenv.cfg && .venv/bin/python -c 'import pip, ssl' 2>/dev/null
}

pip_install() {
    # The locked swig is started by name while pyscard is built.
    PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m pip install -qq --disable-pip-version-check \
        --no-build-isolation "$@" || {
        say "Python パッケージを準備できませんでした。上の表示をご覧ください。" \
            "The Python packages could not be made ready; see above."
        exit 3
    }
}

make_environment() {
    say "Python 環境 (.venv) を準備しています。1 分ほどかかります。" "Making the Python environment (.venv) ready: about a minute."
    python=$(good_python)
    is_ours "$python" || "$python" -m venv --clear "$PWD/.venv"
    rm -f .venv/ready-*
    pip_install --require-hashes -r requirements-build.lock
    pip_install --require-hashes -r "$lock"
    pip_install --no-deps --editable .
    state "$lock" >".venv/ready-$lock"
    # The larger lock holds the smaller one.
    [ "$lock" = requirements.lock ] || state requirements.lock >.venv/ready-requirements.lock
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    missing=$(missing_packages)
    [ -z "$missing" ] || install_packages
elif ! is_ready "$lock"; then
    say "apt がありません。次に当たるものを用意してください: $packages" "There is no apt here; have the like of these: $packages"
fi
if ! is_ready "$lock"; then
    exec 9<scripts/prepare.sh && flock 9 # two at once would spoil one another's .venv
    is_ready "$lock" || make_environment
fi
