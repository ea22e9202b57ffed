"""A batch is cut at its separators, and every image is accounted for exactly once."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.cut import Look, cut
from schemas.batch import BatchImage, ImageKind, Part, Sheet, SheetType, Split

PAGE, BLANK = Look(), Look(blank=True)
DOC = Look(Sheet(SheetType.DOCUMENT, unit="32"))
PATCH_2 = Look(Sheet(SheetType.DOCUMENT, kept=True))
COVER = Look(Sheet(SheetType.BATCH, batch="Montag", pages=4))
ATTACHMENT, END = Look(Sheet(SheetType.ATTACHMENT)), Look(Sheet(SheetType.END))
BATCHES = st.lists(st.sampled_from([PAGE, BLANK, DOC, PATCH_2, COVER, ATTACHMENT, END]), max_size=30)


def images_of(split: Split) -> list[tuple[int, ...]]:
    return [part.images for part in split.parts]


def kinds_of(split: Split) -> list[ImageKind]:
    return [image.kind for image in split.images]


def test_without_separators_the_file_is_one_document() -> None:
    split = cut([PAGE, BLANK, PAGE])
    assert (images_of(split), split.separated, split.cover) == ([(1, 2, 3)], False, None)
    assert kinds_of(split) == [ImageKind.PAGE, ImageKind.BLANK, ImageKind.PAGE]


def test_a_separator_is_taken_out_and_says_what_follows() -> None:
    split = cut([DOC, PAGE, PAGE, DOC, PAGE])
    assert split.parts == (Part((2, 3), DOC.sheet), Part((5,), DOC.sheet))
    assert split.separated
    assert [image.part for image in split.images] == [None, 1, 1, None, 2]


def test_pages_in_front_of_the_first_separator_are_a_document_of_their_own() -> None:
    assert cut([PAGE, DOC, PAGE]).parts == (Part((1,)), Part((3,), DOC.sheet))


def test_the_blank_back_of_a_separator_goes_with_it_but_no_other_blank_page() -> None:
    split = cut([DOC, BLANK, BLANK, PAGE, BLANK])
    assert images_of(split) == [(3, 4, 5)]
    assert split.images[1] == BatchImage(2, ImageKind.SEPARATOR_BACK)


def test_scanned_on_one_side_a_separator_has_no_back() -> None:
    assert images_of(cut([DOC, BLANK, PAGE], duplex=False)) == [(2, 3)]


def test_a_kept_page_with_a_patch_begins_the_document() -> None:
    split = cut([PATCH_2, BLANK, PATCH_2, PAGE])
    assert images_of(split) == [(1, 2), (3, 4)]
    assert ImageKind.SEPARATOR not in kinds_of(split)


def test_a_page_that_begins_right_behind_a_separator_begins_the_same_document() -> None:
    index = Look(Sheet(SheetType.DOCUMENT, unit="51", pages=2, kept=True))
    (part,) = cut([DOC, index, PAGE]).parts
    assert part.images == (2, 3)
    assert part.sheet is not None
    assert (part.sheet.unit, part.sheet.pages) == ("32", 2)


def test_a_blank_page_at_which_the_index_begins_a_document_is_no_back() -> None:
    index = Look(Sheet(SheetType.DOCUMENT, kept=True), blank=True)
    assert images_of(cut([DOC, index, PAGE])) == [(2, 3)]


def test_an_attachment_stays_in_its_document_and_its_beginning_is_known() -> None:
    split = cut([DOC, PAGE, ATTACHMENT, BLANK, PAGE, DOC, PAGE])
    assert split.parts == (Part((2, 5), DOC.sheet, (5,)), Part((7,), DOC.sheet))


def test_the_cover_sheet_speaks_for_the_batch_and_a_second_one_is_pointed_out() -> None:
    split = cut([COVER, PAGE, COVER, PAGE])
    assert (split.cover, images_of(split)) == (COVER.sheet, [(2,), (4,)])
    assert split.images[2].findings == ("Zweites Stapeldeckblatt in derselben Datei.",)


def test_what_lies_behind_the_end_is_a_document_of_its_own() -> None:
    assert images_of(cut([PAGE, END, PAGE])) == [(1,), (3,)]


def test_nothing_but_separators_makes_no_document() -> None:
    assert cut([COVER, DOC, END]).parts == ()


@given(BATCHES)
def test_every_image_is_accounted_for_once(looks: list[Look]) -> None:
    split = cut(looks)
    assert [image.number for image in split.images] == list(range(1, len(looks) + 1))
    for place, part in enumerate(split.parts, 1):
        assert part.images == tuple(image.number for image in split.images if image.part == place)
    homeless = {image.kind for image in split.images if image.part is None}
    assert homeless <= {ImageKind.SEPARATOR, ImageKind.SEPARATOR_BACK}


@given(BATCHES)
def test_only_separators_and_blank_images_are_ever_taken_out(looks: list[Look]) -> None:
    for look, image in zip(looks, cut(looks).images, strict=True):
        if image.part is None:
            assert look.blank or look.sheet is not None
