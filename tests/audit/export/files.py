"""Exports as a reader gets, opens and checks them."""

import csv
import io
import zipfile

from campaigns.audit import check_export


def download(client, kind, query=""):
    page = client.get(f"/audit/export{query}")
    assert page.status_code == 200
    form = {"kind": kind, "size": page.context["asked"].size}
    response = client.post(f"/audit/export{query}", form)
    assert response.status_code == 200
    return page.context["asked"].count, b"".join(response)


def rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def unpacked(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def packed(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def checked(capsys, path, *more):
    code = check_export.main([str(path), *more])
    return code, capsys.readouterr().out
