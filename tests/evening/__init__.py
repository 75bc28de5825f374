import pytest

# Their assertions should say as much as those of the tests.
pytest.register_assert_rewrite("tests.evening.house", "tests.evening.till_process")
