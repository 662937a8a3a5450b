"""The embedded server's life: shared, survived, and never left behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from goodsight.core.errors import ServerStartError
from goodsight.stores import open_store
from goodsight.stores.postgres import EmbeddedServer
from goodsight.stores.postgres.cluster import SOCKET_PATH_MAX_BYTES
from stores.servers import eventually

pytestmark = pytest.mark.embedded

# Uses the server of a folder, says so, and stays until told to go or killed.
USER_PROCESS = """
import sys
from pathlib import Path
from goodsight.stores.postgres import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])):
    print("using", flush=True)
    sys.stdin.read()
"""
# Opens, asks and closes, over and over.
BUSY_PROCESS = """
import sys
from pathlib import Path
import psycopg
from goodsight.stores.postgres import EmbeddedServer
for _ in range(int(sys.argv[2])):
    with EmbeddedServer(Path(sys.argv[1])) as server, psycopg.connect(server.conninfo) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)
"""

CLOSES = """
import sys
from pathlib import Path
from goodsight.stores.postgres.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
server.start()
print("closing", flush=True)
server.close()
"""


@pytest.fixture(scope="session")
def fresh_cluster(tmp_path_factory):
    """The files of a server that has run once and is stopped."""
    folder = tmp_path_factory.mktemp("fresh") / "postgres"
    with EmbeddedServer(folder):
        pass
    return folder


@pytest.fixture
def home(fresh_cluster, tmp_path):
    """A copy of those files of one's own. Whatever still runs there ends with the test."""
    yield from _copied(fresh_cluster, tmp_path / "postgres")


def _copied(fresh_cluster: Path, folder: Path):
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", fresh_cluster, folder], check=True)
    yield folder
    EmbeddedServer(folder).cluster.prepare()
    with EmbeddedServer(folder):
        pass
    eventually(lambda: server_pid(folder) is None)


@pytest.fixture
def user_process():
    """Starts processes that use a folder's server."""
    started: list[subprocess.Popen] = []

    def start(folder: Path) -> subprocess.Popen:
        command = [sys.executable, "-c", USER_PROCESS, str(folder)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
        assert started[-1].stdout.readline() == "using\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def server_pid(folder: Path) -> int | None:
    return EmbeddedServer(folder).cluster.server_pid()


def guardian_pid(folder: Path) -> int:
    status = Path(f"/proc/{server_pid(folder)}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def others_may_run() -> bool:
    """Whether everyone may pass through the folders above the interpreter and its files."""
    places = [Path(sys.executable).resolve(), Path(os.__file__), Path(psycopg.__file__)]
    parents = [parent for place in places for parent in place.parents]
    return all(parent.stat().st_mode & 0o001 for parent in parents)


def ask(server: EmbeddedServer, statement: str):
    with psycopg.connect(server.conninfo) as session:
        return session.execute(statement).fetchone()[0]


class TestSharing:
    def test_the_last_user_in_a_process_stops_it(self, home):
        first, second = EmbeddedServer(home), EmbeddedServer(home)
        first.start()
        pid = server_pid(home)
        second.start()
        first.close()
        assert server_pid(home) == pid
        second.close()
        assert server_pid(home) is None

    def test_closing_twice_is_closing_once(self, home):
        other = EmbeddedServer(home)
        other.start()
        server = EmbeddedServer(home)
        server.start()
        server.close()
        server.close()
        assert ask(other, "SELECT 1") == 1
        other.close()

    def test_another_process_keeps_it(self, home, user_process):
        server = EmbeddedServer(home)
        server.start()
        process = user_process(home)
        server.close()
        assert server_pid(home) is not None
        process.communicate("")
        assert process.returncode == 0
        assert server_pid(home) is None

    def test_many_may_come_at_once(self, home):
        command = [sys.executable, "-c", BUSY_PROCESS, str(home), "8"]
        processes = [subprocess.Popen(command) for _ in range(4)]
        assert [process.wait(120) for process in processes] == [0] * 4
        assert server_pid(home) is None

    def test_many_may_come_at_once_where_nothing_is_yet(self, tmp_path):
        command = [sys.executable, "-c", BUSY_PROCESS, str(tmp_path / "new"), "1"]
        processes = [subprocess.Popen(command) for _ in range(3)]
        assert [process.wait(120) for process in processes] == [0] * 3
        assert server_pid(tmp_path / "new") is None


class TestSurviving:
    def test_a_killed_user_does_not_keep_it(self, home, user_process):
        process = user_process(home)
        assert server_pid(home) is not None
        process.kill()
        eventually(lambda: server_pid(home) is None)

    def test_a_killed_user_does_not_take_it_from_others(self, home, user_process):
        with EmbeddedServer(home) as server:
            pid = server_pid(home)
            user_process(home).kill()
            # Longer than the guardian takes to notice.
            time.sleep(1)
            assert ask(server, "SELECT 1") == 1
            assert server_pid(home) == pid

    def test_killed_while_stopping_it_a_user_hinders_nobody(self, home):
        for milliseconds in (0, 10, 20, 30, 45, 60, 80):
            process = subprocess.Popen([sys.executable, "-c", CLOSES, home], stdout=subprocess.PIPE)
            with process:
                assert process.stdout.readline() == b"closing\n"
                time.sleep(milliseconds / 1000)
                process.kill()
            store = open_store(home)
            assert store.names() == []
            store.close()

    def test_a_killed_server_comes_back_with_its_data(self, home):
        with EmbeddedServer(home) as server:
            with psycopg.connect(server.conninfo) as session:
                session.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            os.kill(server_pid(home), signal.SIGKILL)
            server.start()
            assert ask(server, "SELECT answer FROM kept") == 42

    def test_a_killed_server_comes_back_to_a_new_user(self, home, user_process):
        process = user_process(home)
        os.kill(server_pid(home), signal.SIGKILL)
        with EmbeddedServer(home) as server:
            assert ask(server, "SELECT 1") == 1
        process.communicate("")
        eventually(lambda: server_pid(home) is None)

    @pytest.mark.skipif(
        not Path("/proc/self/status").exists(), reason="looks for a parent in /proc"
    )
    def test_without_its_guardian_the_last_user_still_stops_it(self, home):
        with EmbeddedServer(home) as server:
            os.kill(guardian_pid(home), signal.SIGKILL)
            assert ask(server, "SELECT 1") == 1
        assert server_pid(home) is None

    def test_a_left_over_process_id_of_someone_else_is_no_hindrance(self, home):
        pid_file = home / "cluster" / "postmaster.pid"
        lines = [
            os.getpid(),
            home / "cluster",
            int(time.time()),
            5432,
            home / "cluster",
            "",
            "",
            "",
        ]
        pid_file.write_text("\n".join(map(str, lines)))
        shutil.chown(pid_file, (home / "cluster").stat().st_uid, (home / "cluster").stat().st_gid)
        with EmbeddedServer(home) as server:
            assert ask(server, "SELECT 1") == 1

    @pytest.mark.parametrize("content", ["", "\n", "nonsense"])
    def test_a_half_written_process_id_is_no_hindrance(self, home, content):
        pid_file = home / "cluster" / "postmaster.pid"
        pid_file.write_text(content)
        with EmbeddedServer(home) as server:
            assert ask(server, "SELECT 1") == 1

    def test_an_interrupted_first_start_is_made_up_for(self, home):
        (home / "cluster").rename(home / "cluster.unfinished")
        (home / "cluster.unfinished" / "pg_wal").rename(home / "cluster.unfinished" / "gone")
        with EmbeddedServer(home) as server:
            assert ask(server, "SELECT 1") == 1
        assert not (home / "cluster.unfinished").exists()


class TestPlaces:
    @pytest.mark.parametrize("name", ["a shop's", 'q"uote', "läden", "a,b", "100%s {} $HOME"])
    def test_may_have_any_name(self, fresh_cluster, tmp_path, name):
        for home in _copied(fresh_cluster, tmp_path / name / "postgres"):
            with EmbeddedServer(home) as server:
                assert ask(server, "SELECT 1") == 1

    def test_may_be_deeper_than_a_socket_may_be(self, fresh_cluster, tmp_path):
        deep = tmp_path / ("d" * 60) / ("e" * 60) / "postgres"
        assert len(bytes(deep)) > SOCKET_PATH_MAX_BYTES
        for home in _copied(fresh_cluster, deep):
            with EmbeddedServer(home) as server:
                folder = server.cluster.socket_directory()
                assert folder.stat().st_mode & 0o077 == 0
                assert ask(server, "SELECT 1") == 1
            shutil.rmtree(folder)

    def test_a_socket_folder_of_someone_else_is_not_trusted(self, fresh_cluster, tmp_path):
        for home in _copied(fresh_cluster, tmp_path / "a,b" / "postgres"):
            with EmbeddedServer(home) as server:
                folder = server.cluster.socket_directory()
            folder.chmod(0o777)
            with pytest.raises(ServerStartError, match="belongs to someone else"):
                EmbeddedServer(home).start()
            shutil.rmtree(folder)

    def test_that_cannot_be_made_are_an_error(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(ServerStartError, match="file"):
            EmbeddedServer(tmp_path / "file").start()

    def test_of_another_version_are_an_error(self, home):
        version = home / "cluster" / "PG_VERSION"
        version.write_text("16\n")
        with pytest.raises(ServerStartError, match="made by PostgreSQL 16"):
            EmbeddedServer(home).start()
        version.write_text("18\n")

    def test_a_server_that_does_not_start_shows_its_log(self, home):
        settings = home / "cluster" / "postgresql.auto.conf"
        before = settings.read_text()
        settings.write_text("no_such_setting = 1\n")
        with pytest.raises(ServerStartError, match="no_such_setting"):
            EmbeddedServer(home).start()
        settings.write_text(before)


class TestSafety:
    def test_only_its_owner_can_reach_it(self, tmp_path_factory):
        # A socket's path has about a hundred characters: a longer folder has it elsewhere.
        home = tmp_path_factory.mktemp("s")
        with EmbeddedServer(home) as server:
            assert ask(server, "SHOW listen_addresses") == ""
            assert (home / "cluster").stat().st_mode & 0o077 == 0
            assert server.cluster.socket_directory() == home / "cluster"

    def test_nothing_that_guards_data_is_switched_off(self, home):
        with EmbeddedServer(home) as server:
            for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
                assert ask(server, f"SHOW {name}") == "on"

    def test_order_does_not_depend_on_the_machine(self, home):
        with EmbeddedServer(home) as server:
            assert ask(server, "SELECT 'B' < 'a' AND 'z' < 'ä'")

    @pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which only root can")
    @pytest.mark.skipif(not others_may_run(), reason="other users cannot run this interpreter")
    def test_an_ordinary_user_needs_no_account_of_its_own(self, tmp_path):
        user = pwd.getpwnam("nobody")
        folder = tmp_path / "theirs"
        folder.mkdir()
        os.chown(folder, user.pw_uid, user.pw_gid)
        with EmbeddedServer(tmp_path / "ours"):
            for parent in folder.parents:
                assert parent.stat().st_mode & 0o001, "root's own server has opened the way"
        subprocess.run(
            [sys.executable, "-c", BUSY_PROCESS, str(folder / "postgres"), "2"],
            check=True,
            user="nobody",
            group=user.pw_gid,
            extra_groups=[],
            cwd="/",
            timeout=120,
        )
        assert (folder / "postgres" / "cluster").stat().st_uid == user.pw_uid
