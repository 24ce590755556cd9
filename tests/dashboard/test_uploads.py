"""Files that come with a request never reach the disk, whoever sends them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

MIB = 1024 * 1024


@pytest.mark.django_db
@pytest.mark.parametrize("size", [MIB, 6 * MIB])
def test_a_file_from_somebody_without_an_account_is_written_nowhere(
    client, settings, tmp_path, size
):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "not there")
    file = SimpleUploadedFile("large.csv", b"a" * size)

    answer = client.post("/account/login/", {"login": "x", "file": file})

    assert answer.status_code == 200
