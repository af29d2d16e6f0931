from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import redis

from catalog_platform.aws import cache_client
from support import harmful_variables
from support.certificates import self_signed
from support.valkey_cluster import valkey_cluster

URL = "redis://:secret@127.0.0.1:6379/0"


def test_no_variable_changes_a_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean = cache_client.of_url(URL, seconds=3).connection_pool.connection_kwargs
    home = harmful_variables.write_home(tmp_path, "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)
    found = cache_client.of_url(URL, seconds=3).connection_pool.connection_kwargs
    names = ("host", "port", "db", "password", "socket_timeout")
    assert [found[name] for name in names] == ["127.0.0.1", 6379, 0, "secret", 3]
    assert {name: found[name] for name in names} == {name: clean[name] for name in names}


def test_a_cluster_behind_tls_is_reached_if_its_certificate_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with valkey_cluster(replicas=0, tls=certificate.server_context()) as secured:
        secured.set_password("token")
        with pytest.raises(redis.ConnectionError, match=r"(?i)certificate"):
            cache_client.connect("127.0.0.1", secured.port, "token", tls=True)
        monkeypatch.setattr(cache_client, "DEFAULT_CA_BUNDLE", str(certificate.certificate))
        client = cache_client.connect("127.0.0.1", secured.port, "token", tls=True)
        with contextlib.closing(client):
            assert isinstance(client, redis.RedisCluster)
            client.hset("stock:{A-1}", "BER", "7:1")
            pipeline = client.pipeline(transaction=False)
            pipeline.hgetall("stock:{A-1}")
            assert pipeline.execute() == [{"BER": "7:1"}]
