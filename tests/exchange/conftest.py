"""A second spreadsheet program that calculates what we export."""

import shutil
import subprocess

import pytest

RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@pytest.fixture(scope="session")
def calc_profile(tmp_path_factory):
    """A LibreOffice profile that calculates every formula anew when a workbook is opened."""
    folder = tmp_path_factory.mktemp("profile")
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS)
    return folder


@pytest.fixture
def recalculate(calc_profile, tmp_path):
    """Open a workbook in LibreOffice Calc, calculate all of it, and save it as a new one."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")

    def recalculate(path):
        out = tmp_path / "recalculated"
        subprocess.run(
            [soffice, f"-env:UserInstallation={calc_profile.as_uri()}", "--headless", "--norestore",
             "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return out / path.name

    return recalculate
