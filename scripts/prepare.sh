# What ./run and ./test share: finds what is missing on this machine and gets it. Sourced, never run by itself.
# shellcheck shell=bash

set -euo pipefail
export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Dozens of processes start; each would compile every module anew where a shell forbids keeping the result.
unset PYTHONDONTWRITEBYTECODE

say() { printf '▸ %s\n' "$*"; }

fail() {
    printf '✗ %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

# A Python that the pinned requirements are made for, in $python; its version in $version.
need_python() {
    find_python && return
    install_packages '安装 Python · installing Python' python3
    find_python || fail '需要 Python 3.11、3.12 或 3.13 · Python 3.11, 3.12 or 3.13 is needed' \
        'Debian 12/13: apt-get install python3' '其他系统 · elsewhere: https://www.python.org/downloads/'
}

find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue
        python=$candidate
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        return
    done
    return 1
}

# install_packages WHY PACKAGE… : with apt, as root or through sudo; says what to do where neither works.
install_packages() {
    local why=$1 as_root=()
    shift
    command -v apt-get >/dev/null 2>&1 || fail "$why" "请安装 · please install: $*"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || fail "$why" "请以 root 执行 · as root run: apt-get install -y $*"
        as_root=(sudo)
    fi
    say "$why: apt-get install $*"
    local log
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        fail "apt-get 未成功 · apt-get did not succeed" "请检查网络后重试,或自行安装 · check the network, or install yourself: $*"
    fi
    rm -f "$log"
}

# The libraries WeasyPrint draws PDFs with. Without harfbuzz-subset a certificate takes 10 s instead of a fraction.
need_drawing_libraries() {
    local missing=() pair
    for pair in libpango-1.0.so.0:libpango-1.0-0 libpangoft2-1.0.so.0:libpangoft2-1.0-0 \
        libharfbuzz-subset.so.0:libharfbuzz-subset0; do
        "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "${pair%%:*}" 2>/dev/null || missing+=("${pair#*:}")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages '安装 PDF 绘制库 · installing the PDF drawing libraries' "${missing[@]}"
}

# need_environment FILE : .venv holds exactly what FILE pins, each checked by hash; done once per content of FILE.
need_environment() {
    local file=$1 stamp have
    stamp=.venv/.installed-${file%.txt}
    have=$(sha256sum "$file" | cut -d' ' -f1)
    if .venv/bin/python -c '' 2>/dev/null && [ "$(cat "$stamp" 2>/dev/null)" = "$have" ]; then return; fi
    if command -v uv >/dev/null 2>&1; then
        .venv/bin/python -c '' 2>/dev/null || { say "建立 .venv · making .venv (uv)" && uv venv -q --clear --python "$python" .venv; }
        say "安装 $file · installing $file (uv)"
        uv pip install -q --compile-bytecode --python .venv/bin/python --only-binary :all: --require-hashes -r "$file" || installing_failed
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            install_packages '安装 Python 虚拟环境 · installing the venv module' "python$version-venv"
        .venv/bin/python -m pip --version >/dev/null 2>&1 ||
            { say '建立 .venv · making .venv' && "$python" -m venv --clear .venv; }
        say "安装 $file(约一分钟)· installing $file (about a minute)"
        .venv/bin/python -m pip install -q --no-input --only-binary :all: --require-hashes -r "$file" || installing_failed
    fi
    echo "$have" >"$stamp"
}

installing_failed() {
    fail '依赖安装失败 · installing the requirements failed' \
        '请检查网络;使用镜像 · check the network; to use a mirror: PIP_INDEX_URL=… (uv: UV_DEFAULT_INDEX=…)'
}
