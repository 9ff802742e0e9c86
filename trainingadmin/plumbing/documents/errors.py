"""Owns the ways in which a document cannot be made, each with a code and a sentence for the person who must act."""

from __future__ import annotations

from trainingadmin.kernel.labels import N_


class DocumentError(Exception):
    """A document cannot be made from what it was given; `str()` is the sentence in Chinese.

    `code` is stable, `sentence` is marked for translation and takes `parameters`.
    """

    code = "document"
    sentence = N_("文书生成失败：%(detail)s")

    def __init__(self, **parameters: str | int) -> None:
        self.parameters = parameters
        super().__init__(self.sentence % parameters)

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.parameters)


class MissingGlyphs(DocumentError):
    """The font draws no glyph for these characters; `parameters["characters"]` names them."""

    code = "glyph-missing"
    sentence = N_(
        "字库中没有这些字，不能打印：%(characters)s。请核对姓名或名称；确有此字的，请联系系统管理员补充字库。"
    )


class BadContent(DocumentError):
    """The content does not fit the template: a field is missing, too long, or no plain value."""

    code = "content-bad"
    sentence = N_("文书内容不符合要求：%(field)s %(problem)s")


class ForbiddenFetch(DocumentError):
    """The document asked for something that is not one of its registered images."""

    code = "fetch-forbidden"
    sentence = N_("文书引用了未登记的资源，已拒绝：%(url)s")


class BrokenDocument(DocumentError):
    """The renderer left something out (an image, a drawing), so the document is not whole."""

    code = "document-broken"
    sentence = N_("文书未能完整生成：%(detail)s")


class LimitReached(DocumentError):
    """Making the document took more time or memory than any honest document needs."""

    code = "limit-reached"
    sentence = N_("生成文书超出限制（%(limit)s），已停止。请检查内容是否过长。")


def _again(kind: type[DocumentError], parameters: dict[str, str | int]) -> DocumentError:
    return kind(**parameters)
