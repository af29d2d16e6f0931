"""What RDS offers: the answers that a preflight reads.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import get_region
from ministack.services import rds

from embedded_aws.emulator.request_validation import offers
from embedded_aws.emulator.request_validation.rds_limits import ENGINE

STORAGE_TYPES = ("gp2", "gp3", "io1", "io2")
PAGE = 100
TRUE_FLAGS = (
    *("MultiAZCapable", "ReadReplicaCapable", "Vpc", "SupportsStorageEncryption"),
    *("SupportsIAMDatabaseAuthentication", "SupportsPerformanceInsights"),
    *("SupportsEnhancedMonitoring", "SupportsStorageAutoscaling"),
)


def install() -> None:
    """Replace both operations for PostgreSQL."""
    original_versions = rds._ACTION_MAP["DescribeDBEngineVersions"]
    original_options = rds._ACTION_MAP["DescribeOrderableDBInstanceOptions"]

    def describe_versions(p: Any) -> Any:
        engine = rds._p(p, "Engine")
        return _versions(p) if engine in ("", ENGINE) else original_versions(p)

    def describe_options(p: Any) -> Any:
        return _options(p) if rds._p(p, "Engine") == ENGINE else original_options(p)

    rds._ACTION_MAP["DescribeDBEngineVersions"] = describe_versions
    rds._ACTION_MAP["DescribeOrderableDBInstanceOptions"] = describe_options


def _versions(p: Any) -> Any:
    wanted, family = rds._p(p, "EngineVersion"), rds._p(p, "DBParameterGroupFamily")
    shown = [
        version
        for version in _matching(wanted)
        if family in ("", f"{ENGINE}{offers.major(version)}")
    ]
    if rds._p(p, "DefaultOnly") == "true":
        shown = shown[-1:]
    return _page(p, "DBEngineVersions", "DBEngineVersion", [_version(each) for each in shown])


def _matching(wanted: str) -> list[str]:
    """Return the versions that are the wanted one or of its major version; all without one."""
    return [
        version
        for version in offers.versions(ENGINE)
        if wanted in ("", version, version.partition(".")[0])
    ]


def _version(version: str) -> str:
    number = offers.number(version)
    targets = "".join(
        f"<UpgradeTarget><Engine>{ENGINE}</Engine><EngineVersion>{target}</EngineVersion>"
        f"<Description>PostgreSQL {target}</Description><AutoUpgrade>false</AutoUpgrade>"
        f"<IsMajorVersionUpgrade>{_flag(offers.major(target) > number[0])}</IsMajorVersionUpgrade>"
        "</UpgradeTarget>"
        for target in offers.versions(ENGINE)
        if offers.number(target) > number
    )
    return (
        f"<Engine>{ENGINE}</Engine><EngineVersion>{version}</EngineVersion>"
        f"<MajorEngineVersion>{number[0]}</MajorEngineVersion>"
        f"<DBParameterGroupFamily>{ENGINE}{number[0]}</DBParameterGroupFamily>"
        "<DBEngineDescription>PostgreSQL</DBEngineDescription>"
        f"<DBEngineVersionDescription>PostgreSQL {version}</DBEngineVersionDescription>"
        f"<ValidUpgradeTarget>{targets}</ValidUpgradeTarget>"
        "<ExportableLogTypes><member>postgresql</member><member>upgrade</member>"
        "</ExportableLogTypes><SupportsLogExportsToCloudwatchLogs>true"
        "</SupportsLogExportsToCloudwatchLogs><SupportsReadReplica>true</SupportsReadReplica>"
        "<Status>available</Status>"
    )


def _options(p: Any) -> Any:
    zones = "".join(
        f"<AvailabilityZone><Name>{zone}</Name></AvailabilityZone>"
        for zone in offers.zones(get_region())
    )
    wanted = rds._p(p, "DBInstanceClass")
    shown = [
        _option(version, f"db.{name}", storage, zones)
        for version in _matching(rds._p(p, "EngineVersion"))
        for name in offers.classes("rds", get_region())
        if wanted in ("", f"db.{name}")
        for storage in STORAGE_TYPES
    ]
    return _page(p, "OrderableDBInstanceOptions", "OrderableDBInstanceOption", shown)


def _option(version: str, name: str, storage: str, zones: str) -> str:
    flags = "".join(f"<{flag}>true</{flag}>" for flag in TRUE_FLAGS)
    return (
        f"<Engine>{ENGINE}</Engine><EngineVersion>{version}</EngineVersion>"
        f"<DBInstanceClass>{name}</DBInstanceClass><LicenseModel>postgresql-license</LicenseModel>"
        f"<AvailabilityZones>{zones}</AvailabilityZones><StorageType>{storage}</StorageType>"
        f"<SupportsIops>{_flag(storage.startswith('io'))}</SupportsIops>{flags}"
        "<SupportedEngineModes><member>provisioned</member></SupportedEngineModes>"
        "<SupportedNetworkTypes><member>IPV4</member></SupportedNetworkTypes>"
    )


def _page(p: Any, container: str, element: str, shown: list[str]) -> Any:
    """Return a page of elements; the marker is the number of the first one."""
    operation = f"Describe{container}"
    text, size = rds._p(p, "Marker") or "0", int(rds._p(p, "MaxRecords") or PAGE)
    if not text.isdigit():
        return rds._error("InvalidParameterValue", "Invalid Marker", 400)
    first = int(text)
    found = "".join(f"<{element}>{each}</{element}>" for each in shown[first : first + size])
    left = first + size < len(shown)
    marker = f"<Marker>{escape(str(first + size))}</Marker>" if left else ""
    return rds._xml(
        200,
        f"{operation}Response",
        f"<{operation}Result><{container}>{found}</{container}>{marker}</{operation}Result>",
    )


def _flag(value: object) -> str:
    return str(bool(value)).lower()
