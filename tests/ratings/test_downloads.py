"""A data set arrives whole or not at all, and whoever has no network is told how to put it there by hand."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cfstudio.ratings.downloads import download, path_of
from cfstudio.ratings.errors import DataError

CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.n_requests += 1
        if self.path == "/missing.zip":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/unknown-size.zip":
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2] if self.path == "/broken.zip" else CONTENT)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.n_requests = 0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def url(server):
    return f"http://127.0.0.1:{server.server_port}/"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Downloads go here, which does not exist yet."""
    monkeypatch.setenv("CFSTUDIO_DATA_DIR", str(tmp_path / "data"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "data"


def refusal(*arguments):
    with pytest.raises(DataError) as caught:
        download(*arguments)
    return str(caught.value)


def test_a_file_arrives_and_its_progress_is_told(url, folder, capfd):
    told = []
    path = download(url + "x.zip", SHA256, "x.zip", lambda done, total: told.append((done, total)))
    assert path == path_of("x.zip") == folder / "x.zip"
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(told) > 2
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert [one.name for one in folder.iterdir()] == ["x.zip"]
    assert capfd.readouterr() == ("", "")


def test_a_server_that_does_not_say_the_size_is_fine(url):
    told = []
    download(url + "unknown-size.zip", SHA256, "x.zip", lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {0}
    assert told[-1][0] >= len(CONTENT)
    assert path_of("x.zip").read_bytes() == CONTENT


def test_what_is_here_is_not_fetched_again_unless_it_is_damaged(url, server):
    path = download(url + "x.zip", SHA256, "x.zip")
    download(url + "x.zip", SHA256, "x.zip")
    assert server.n_requests == 1
    path.write_bytes(b"damaged")
    assert download(url + "x.zip", SHA256, "x.zip").read_bytes() == CONTENT
    assert server.n_requests == 2


@pytest.mark.parametrize(
    ("name", "sha256", "reason"),
    [("x.zip", "0" * 64, "SHA-256"), ("missing.zip", SHA256, "404"), ("broken.zip", SHA256, "broke off")],
)
def test_nothing_stays_of_a_download_that_failed(url, folder, name, sha256, reason):
    sentence = refusal(url + name, sha256, "x.zip")
    assert reason in sentence
    assert url + name in sentence
    assert str(folder) in sentence
    assert list(folder.iterdir()) == []


def test_without_a_network_the_folder_for_a_copy_by_hand_is_named(server, url, folder):
    server.shutdown()
    server.server_close()
    sentence = refusal(url + "x.zip", SHA256, "x.zip")
    assert "cannot be reached" in sentence
    assert url + "x.zip" in sentence
    assert str(folder) in sentence
    assert "\n" not in sentence


def test_what_is_here_needs_no_network(url, server):
    download(url + "x.zip", SHA256, "x.zip")
    server.shutdown()
    server.server_close()
    assert download(url + "x.zip", SHA256, "x.zip").read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made_is_told(url, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CFSTUDIO_DATA_DIR", str(tmp_path / "file" / "data"))
    assert "CFSTUDIO_DATA_DIR" in refusal(url + "x.zip", SHA256, "x.zip")


def test_the_usual_folder_is_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("CFSTUDIO_DATA_DIR")
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    assert path_of("x.zip") == tmp_path / "cfstudio" / "datasets" / "x.zip"
