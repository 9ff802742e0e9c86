"""The pages of the catalogue."""

from __future__ import annotations

import pytest

from tests.client import Browser
from tests.courses import stage
from tests.factories import Office
from tests.sample_files import sample
from trainingadmin.courses import sheet
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.spreadsheets.reading import read_workbook


@pytest.fixture(autouse=True)
def _maintainers(office: Office) -> None:
    stage.maintainers(office)


def test_a_maintainer_sends_the_catalogue_and_another_publishes_it(office: Office, browser: Browser) -> None:
    browser.sign_in("catalogue")
    home = browser.open("/courses/")
    shown = browser.submit(home, "/courses/", sheet=(sample(stage.CATALOGUE), "目录.xlsx"))
    assert shown.said("将导入 3 个批次、16 行")
    done = browser.submit(shown, "/import")
    (first, *_) = done.links("/courses/batches/")
    proposed = browser.submit(browser.open(first), "/move", move="propose")
    assert proposed.said("须由另一人办理")
    browser.sign_in("catalogue2")
    refused = browser.submit(browser.open(first), "/move", move="return", note="", expect=422)
    assert refused.said("请写明理由")
    assert browser.submit(browser.open(first), "/move", move="publish", note="").said("已发布")
    assert browser.open("/catalogue?on=2020-05-11&q=绿茶").said("名优绿茶加工")
    assert browser.open("/courses/uploads").said("已导入 16 行")


def test_a_file_with_mistakes_comes_back_marked(office: Office, browser: Browser) -> None:
    sent = stage.uploaded(office, stage.made_up({"hours": 99}))
    browser.sign_in("catalogue")
    page = browser.open(f"/courses/uploads/{sent.id}")
    assert page.said("没有导入任何内容")
    assert browser.download(f"/courses/uploads/{sent.id}/annotated").startswith(b"PK")
    assert browser.post(f"/courses/uploads/{sent.id}/import", expect=422).said("目录还有错误")
    clean = stage.uploaded(office, stage.made_up({}))
    browser.open(f"/courses/uploads/{clean.id}/annotated", expect=404)


def test_a_file_that_is_none_is_refused_beside_the_field(office: Office, browser: Browser) -> None:
    browser.sign_in("catalogue")
    assert browser.submit(browser.open("/courses/"), "/courses/", sheet=(b"", "目录.xlsx"), expect=422).said("上传")


def test_the_form_downloads_and_is_read(office: Office, browser: Browser) -> None:
    browser.sign_in("catalogue")
    data = browser.download("/courses/template")
    assert [one.code for one in sheet.read(read_workbook(data).sheets).findings] == ["no-lines"]


def test_everybody_reads_the_item_with_its_versions_and_what_changed(office: Office, browser: Browser) -> None:
    stage.published(office)
    page = browser.open(f"/catalogue/{stage.TEA}")
    assert page.said("与上一版相比")
    assert page.said("1,200.00")
    assert page.said("1,300.00")
    assert browser.open("/catalogue/YAZX-2020-013").said("今天不能开班")
    browser.open("/catalogue/YAZX-0000-000", expect=404)


def test_the_public_list_is_of_the_day_asked_for(office: Office, browser: Browser) -> None:
    stage.published(office)
    assert browser.open("/catalogue?on=2020-08-31").said("1,200.00")
    assert not browser.open("/catalogue?on=2020-08-31&q=绿茶").said("1,300.00")
    with clock.at(stage.ENTERED_ON):
        assert browser.open("/catalogue?on=nonsense&q=绿茶").said("1,300.00")
    assert browser.open("/catalogue?on=2019-01-01").said("没有符合条件的项目")


def test_an_institution_sees_published_batches_alone(office: Office, browser: Browser) -> None:
    (published,) = stage.published(office, stage.made_up({}))
    (draft,) = stage.imported(office, stage.made_up({"batch": "2021-02", "code": "YAZX-2021-002"}))
    browser.sign_in("institution")
    page = browser.open("/courses/")
    assert page.links(f"/courses/batches/{published.id}")
    assert not page.links(f"/courses/batches/{draft.id}")
    browser.open(f"/courses/batches/{draft.id}", expect=404)
    browser.open(f"/courses/batches/{published.id}")


def test_the_desk_shows_a_batch_and_what_it_changes(office: Office, browser: Browser) -> None:
    batches = stage.published(office)
    browser.sign_in("supervisor")
    page = browser.open(f"/courses/batches/{batches[2].id}")
    assert page.said("名优绿茶加工：与上一版相比")
    assert browser.open(f"/courses/uploads/{batches[0].upload_id}").said("已导入")
