# Sourced by the scripts beside it, from the project's root: finds a Python, keeps a
# virtual environment in var/venv. Sets VENV.

VENV="${CAMPAIGN_DESK_VAR:-var}/venv"

is_new_enough() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
        >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    echo "Campaign Desk needs Python 3.11 or newer, with its venv module." >&2
    echo "Debian: apt-get install python3-venv; macOS: brew install python@3.13." >&2
    echo "If it lies elsewhere: PYTHON=/path/to/python3 $0" >&2
    exit 1
}

# install FILE: make the environment hold what FILE locks. Quick when nothing changed.
install() {
    stamp="$VENV/$1.installed"
    if ! "$VENV/bin/python" -c 'import pip' >/dev/null 2>&1; then
        python=$(find_python)
        mkdir -p "$(dirname "$VENV")"
        echo "Making a Python environment in $VENV"
        "$python" -m venv --clear "$VENV"
    fi
    if ! cmp -s "$1" "$stamp"; then
        echo "Installing packages (the first time this takes a minute)"
        "$VENV/bin/python" -m pip install -qq --disable-pip-version-check \
            --require-hashes -r "$1"
        cp "$1" "$stamp"
    fi
}
