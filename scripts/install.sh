# Sourced by start.sh and test.sh: puts CF Studio into .venv, with the extras named, and sees to Qt's system libraries.
# Usage: . scripts/install.sh EXTRAS [DEBIAN_PACKAGE ...]

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

QT_PACKAGES="libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0
libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 fonts-dejavu-core"

missing_packages() {
    for package in "$@"; do
        dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || echo "$package"
    done
}

install_system_packages() {
    command -v dpkg-query >/dev/null || return 0
    local missing
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
    else
        echo "Not installed: $missing" >&2
        echo "If CF Studio does not start, install them: sudo apt-get install $missing" >&2
    fi
}

extras=$1
shift
# A Python built apart from Debian's brings its own venv module.
python3 -c "import ensurepip" 2>/dev/null || set -- "$@" python3-venv
install_system_packages $QT_PACKAGES "$@"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$extras]"
