"""The guards of tests/conftest.py bite: a test that does what it may not, and looks green, fails."""

from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def outcome_of(pytester, monkeypatch):
    """Run one test under the project's conftest; how many passed, failed, and what was printed."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest("from tests.conftest import *")
    pytester.makepyprojecttoml(
        '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\nmarkers = ["expect_log(pattern): x"]\n'
    )

    def run(body: str):
        pytester.makepyfile(f"import pytest\n{body}")
        return pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:cacheprovider", timeout=60)

    return run


def test_a_stray_error_in_the_log_fails_the_test(outcome_of):
    result = outcome_of("import logging\ndef test_it():\n    logging.getLogger('till').error('ledger is %s', 'gone')\n")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*stray error in the log: till: ledger is gone*"])


def test_an_expected_error_is_fine_and_must_come(outcome_of):
    result = outcome_of(
        "import logging\n"
        "@pytest.mark.expect_log('is gone')\ndef test_said():\n    logging.error('ledger is gone')\n"
        "@pytest.mark.expect_log('is gone')\ndef test_unsaid():\n    pass\n"
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*expected in the log and not there: is gone*"])


@pytest.mark.parametrize(
    "command",
    ["['sleep', '50']", "['sh', '-c', 'sleep 50 & exit']"],
    ids=["child", "orphan"],
)
def test_a_process_left_behind_fails_the_module(outcome_of, command):
    result = outcome_of(
        f"import subprocess\nrunning = []\ndef test_it():\n    running.append(subprocess.Popen({command}))\n"
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*left running: * sleep 50*"])


def test_a_call_to_another_machine_fails(outcome_of):
    # 192.0.2.0/24 is set aside for examples, so that nobody is called if the guard is broken.
    result = outcome_of(
        "import socket\ndef test_it():\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:\n        s.connect(('192.0.2.1', 9))\n"
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*OutsideWorld: a test called 192.0.2.1*"])


def test_a_warning_fails_the_test(outcome_of):
    outcome_of("import warnings\ndef test_it():\n    warnings.warn('old')\n").assert_outcomes(failed=1)


def test_each_database_is_new_and_durable(postgres):
    first, second = postgres(), postgres()
    assert first != second
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
