"""The launcher behind `./run`: starts every part, tells where to look, keeps them alive and stops them all."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from trainingadmin.plumbing import embedded
from trainingadmin.plumbing.children import Child, KeepsDying, run_to_end
from trainingadmin.settings import Settings, SettingsError

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
HOST = "127.0.0.1"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 120.0
"""Seconds until a part that does not answer is given up."""


class GiveUp(Exception):
    """Something stands in the way; the message says what and how to mend it."""


def say(chinese: str, english: str) -> None:
    """Tell the person in the terminal, in both languages."""
    print(f"▸ {chinese} · {english}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything until Ctrl-C; return the exit status."""
    options = _options(arguments)
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
    try:
        env = environment(os.environ)
        settings = Settings.from_env(env)
        settings.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(settings.var), listening(int(env["PORT"])) as door:
            if options.reset:
                reset(settings, env, sure=options.yes)
            everything(settings, env, door)
    except (GiveUp, SettingsError, embedded.MissingProgram) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="启动演示系统 · start the demo on http://127.0.0.1:8000")
    parser.add_argument(
        "--reset", action="store_true", help="清空演示数据后重新生成 · wipe the demo's data and seed it again"
    )
    parser.add_argument("--yes", action="store_true", help="不再询问 · do not ask before wiping")
    return parser.parse_args(arguments)


def environment(given: os._Environ[str]) -> dict[str, str]:
    """Return the environment of all parts: what was given, and what suits a demo where nothing was."""
    port = given.get("PORT", "8000")
    if not port.isdigit():
        raise GiveUp(f"PORT 应为数字 · PORT must be a number: {port}")
    return {
        "TRAININGADMIN_DEMO": "1",
        "TRAININGADMIN_BASE_URL": f"http://{HOST}:{port}",
        "TZ": "Asia/Shanghai",
        "PYTHONUNBUFFERED": "1",
        **given,
        "PORT": port,
    }


# What must be true before anything starts --------------------------------------------------------------------------


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """Hold the lock of this data folder. Raises `GiveUp` when another launcher has it."""
    with (var / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise GiveUp(
                f"{var} 正由另一个 ./run 使用(进程 {lock.read()}),请先在那里按 Ctrl-C · "
                "another ./run uses this folder: stop it first, or set TRAININGADMIN_VAR to another one"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Open the door that the web server will answer; it stays open while the server is started again."""
    door = socket.socket()
    with door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
        except OSError as error:
            raise GiveUp(
                f"端口 {port} 无法使用({error.strerror}),请换一个:PORT={port + 1} ./run · "
                f"port {port} cannot be used: stop the program that has it, or choose another as shown"
            ) from None
        door.listen(128)
        yield door


def reset(settings: Settings, env: dict[str, str], *, sure: bool) -> None:
    """Wipe the embedded demo's data, after asking. Raises `GiveUp` where it is not the embedded demo."""
    if not settings.demo or any(name in env for name in ("DATABASE_URL", "REDIS_URL", "STORAGE_URL")):
        raise GiveUp(
            "--reset 只清空内置演示数据 · --reset only wipes the embedded demo, not what the environment names"
        )
    question = f"将删除 {settings.var} 中的全部演示数据,输入 yes 继续 · all demo data will be deleted; type yes: "
    if not sure and (not sys.stdin.isatty() or input(question).strip() != "yes"):
        raise GiveUp("未删除任何数据 · nothing was deleted (--yes answers the question)")
    say("清空演示数据", "wiping the demo's data")
    lock = settings.var / "up.lock"
    for entry in settings.var.iterdir():
        if entry != lock:
            remove(entry)


def remove(path: Path) -> None:
    """Delete a file or a whole folder."""
    if path.is_dir() and not path.is_symlink():
        for entry in path.iterdir():
            remove(entry)
        path.rmdir()
    else:
        path.unlink()


# Start, watch, stop -------------------------------------------------------------------------------------------------


def everything(settings: Settings, env: dict[str, str], door: socket.socket) -> None:
    """Start the parts in their order, then watch them until the end."""
    logs = settings.var / "log"
    logs.mkdir(exist_ok=True)
    started: list[Child] = []

    def begin(name: str, command: Sequence[str], fds: Sequence[int] = ()) -> Child:
        child = Child(name, command, env, fresh_log(logs / f"{name}.log"), fds)
        started.append(child)
        child.start()
        return child

    try:
        if "REDIS_URL" not in env:
            start_valkey(settings.var, env, begin)
        prepare(settings, env)
        for number in range(int(env.get("TRAININGADMIN_WORKERS") or min(2, os.cpu_count() or 1))):
            begin(f"worker-{number + 1}", [sys.executable, "-m", "trainingadmin.worker"])
        begin("clock", [*FLASK, "clock"])
        web = begin("web", [sys.executable, "-m", "gunicorn", "--bind", f"fd://{door.fileno()}"], [door.fileno()])
        await_answer(web, env["TRAININGADMIN_BASE_URL"], door.getsockname()[1])
        welcome(settings, env, logs)
        watch(started)
    except KeepsDying as error:
        raise GiveUp(f"{error.child.name} 反复退出 · keeps dying; its log ends:\n{error.child.last_words()}") from None
    finally:
        stop(started)


def start_valkey(var: Path, env: dict[str, str], begin: Callable[..., Child]) -> None:
    """Start the embedded Valkey and wait until it answers; names its address in `env`."""
    say("启动 Valkey(任务队列)", "starting Valkey, the job queue")
    data = var / "valkey"
    data.mkdir(exist_ok=True, mode=0o700)
    listen_on = embedded.socket_in(var)
    wait(lambda: not embedded.answers(listen_on), f"{listen_on} 仍被占用 · is still in use")
    env["REDIS_URL"] = f"unix://{listen_on}"
    child = begin("valkey", embedded.valkey_command(data, listen_on))
    wait(lambda: embedded.answers(listen_on), "Valkey 没有应答 · does not answer", child)


def prepare(settings: Settings, env: dict[str, str]) -> None:
    """Bring the database to the newest tables, compile the translations and seed the demo once."""
    say("更新数据库结构", "migrating the database")
    flask(env, "db", "upgrade")
    say("编译界面语言", "compiling the translations")
    flask(env, "translations", "compile")
    if settings.demo:
        say("准备演示数据(仅第一次需要时间)", "seeding the demo (takes time only once)")
        flask(env, "demo")


def flask(env: dict[str, str], *arguments: str) -> str:
    """Run one `flask` command to its end and return what it printed. Raises `GiveUp` with its words when it fails."""
    status, output = run_to_end([*FLASK, *arguments], env)
    if status != 0:
        raise GiveUp(f"flask {' '.join(arguments)} 失败 · failed:\n{output[-4000:]}")
    return output


def await_answer(web: Child, url: str, port: int) -> None:
    """Wait until the web server says it is well."""
    say("启动网站", "starting the web server")

    def well() -> bool:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    wait(well, f"{url}/healthz 没有应答 · does not answer", web)


def welcome(settings: Settings, env: dict[str, str], logs: Path) -> None:
    """Print the address, who can sign in, and where to look further."""
    print(f"\n  培训补贴管理 · trainingadmin    {env['TRAININGADMIN_BASE_URL']}\n")
    if settings.demo:
        print(flask(env, "demo", "accounts"))
    print(f"  日志 · logs: {logs}    按 Ctrl-C 停止 · Ctrl-C stops everything\n", flush=True)


def watch(children: Sequence[Child]) -> None:
    """Start again whatever dies, for ever."""
    while True:
        for child in children:
            if child.died():
                say(f"{child.name} 意外退出,重新启动", f"{child.name} died, starting it again (see its log)")
                child.restart()
        time.sleep(0.5)


def stop(children: Sequence[Child]) -> None:
    """Stop all parts, the queue last; a second Ctrl-C does not hurry it."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    if not children:
        return
    print()
    say("正在停止", "stopping")
    queue = [child for child in children if child.name == "valkey"]
    others = [child for child in children if child.name != "valkey"]
    for group in (others, queue):
        for child in group:
            child.ask_to_stop()
        for child in group:
            child.wait(20)
    say("已全部停止,数据保留", "all stopped; the data stays for the next ./run")


def wait(ready: Callable[[], bool], otherwise: str, child: Child | None = None) -> None:
    """Return when `ready()` holds. Raises `GiveUp` when the child dies first or the time is over."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline or (child is not None and child.died()):
            raise GiveUp(f"{otherwise}\n{child.last_words() if child else ''}")
        time.sleep(0.1)


def fresh_log(path: Path) -> Path:
    """Put the log of the previous start aside and return the path for the new one."""
    if path.exists():
        path.rename(path.with_suffix(".previous.log"))
    return path


if __name__ == "__main__":
    sys.exit(main())
