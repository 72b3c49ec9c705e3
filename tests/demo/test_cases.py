"""The invented cases make sense to a physician."""

from random import Random

import pytest

from tumorboard.cases.domain import Sex, TreatmentStatus
from tumorboard.demo.cases import age_of, sexes_of, status_of
from tumorboard.demo.stories import STORIES

ALL = {story.title: story for stories in STORIES.values() for story in stories}


@pytest.mark.parametrize(
    ("title", "sexes"),
    [
        ("Ovarian, interval debulking?", (Sex.FEMALE,)),
        ("Endometrial, p53 abnormal, one micrometastasis", (Sex.FEMALE,)),
        ("Triple negative, residual disease, germline BRCA1", (Sex.FEMALE,)),
        ("High-risk prostate, PSMA node", (Sex.MALE,)),
        ("Hilar cholangiocarcinoma, jaundiced", (Sex.MALE,)),
        ("MSI-high rectal cancer", (Sex.FEMALE,)),
        ("T1 polyp, margin 0.8 mm", (Sex.FEMALE, Sex.MALE)),
    ],
)
def test_patient_can_have_the_disease(title: str, sexes: tuple[Sex, ...]) -> None:
    assert sexes_of(ALL[title]) == sexes


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Positive node after neoadjuvant: axilla again?", TreatmentStatus.UNDER_WAY),
        ("Thymoma, Masaoka II: adjuvant radiation", TreatmentStatus.FIRST_COMPLETED),
        ("Recurrent parotid, facial nerve intact", TreatmentStatus.RECURRENCE),
        ("MDS, blasts 12 %, no donor yet", TreatmentStatus.NONE_YET),
        ("Stage IIIA adenocarcinoma, EGFR exon 19: resect after neoadjuvant?", TreatmentStatus.NONE_YET),
    ],
)
def test_treatment_is_the_one_that_the_story_tells_of(title: str, status: TreatmentStatus) -> None:
    assert status_of(ALL[title]) is status


@pytest.mark.parametrize(
    ("title", "age"), [("Stage IB2 cervix, 34, wishes for children", 34), ("Glioblastoma at 71, methylated", 71)]
)
def test_age_is_the_one_that_the_story_names(title: str, age: int) -> None:
    assert age_of(ALL[title], Random(1)) == age


@pytest.mark.parametrize("title", sorted(ALL))
def test_every_other_age_is_an_adults(title: str) -> None:
    assert 18 <= age_of(ALL[title], Random(1)) <= 90
