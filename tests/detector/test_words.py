import time

import pytest

from detector.lines import Line
from detector.vocabulary import Vocabulary, load_vocabulary
from detector.words import find_words

VOCABULARY = load_vocabulary()
LETTER_PX = 10


def a_line(text: str, *, row: int = 0, left: float = 0, confidence: float = 1.0) -> Line:
    """A level line 20 px high, ten pixels a letter; rows are 25 px apart, as in a paragraph."""
    top, right = row * 25, left + LETTER_PX * len(text)
    return Line(text, confidence, ((left, top), (right, top), (right, top + 20), (left, top + 20)))


def terms_in(*texts: str, vocabulary: Vocabulary = VOCABULARY) -> list[str]:
    """The terms found in texts set as one paragraph."""
    return [word.term for word in find_words([a_line(text, row=row) for row, text in enumerate(texts)], vocabulary)]


def kinds_in(*texts: str) -> set[str]:
    return {word.kind for word in find_words([a_line(text, row=row) for row, text in enumerate(texts)], VOCABULARY)}


@pytest.mark.parametrize(
    "text",
    [
        "WANTED",
        "wanted",
        "Wanted!",
        "**WANTED**",
        "WANTEO",
        "WANTD",
        "WANTTED",
        "WANT3D",
        "W A N T E D",
        "WAN TED",
        "\uff37\uff21\uff2e\uff34\uff25\uff24",
    ],
)
def test_wanted_is_found_however_it_was_read(text: str) -> None:
    assert terms_in(text) == ["wanted"]


@pytest.mark.parametrize(
    "text",
    [
        "DEAD OR ALIVE",
        "DEADORALIVE",
        "DEAD ORALIVE",
        "DEAD-OR-ALIVE",
        "DEAD 0R AL1VE",
        "DEAD OR ALIWE",
        "dead, or alive",
    ],
)
def test_a_phrase_is_found_with_lost_spaces_signs_and_one_misread_letter(text: str) -> None:
    assert terms_in(text) == ["dead or alive"]


@pytest.mark.parametrize("text", ["WANTEDDEADORALIVE", "WANTEDDEADORALTVE", "WANTED!DEAD OR ALIVE"])
def test_terms_that_ran_into_one_another_are_told_apart(text: str) -> None:
    assert terms_in(text) == ["wanted", "dead or alive"]


def test_terms_are_cut_out_of_words_that_ran_together() -> None:
    assert terms_in("KILLTHEPIG") == ["kill", "pig"]


def test_a_long_term_is_found_between_letters_that_mean_nothing() -> None:
    assert terms_in("XQDEADORALIVEZX") == ["dead or alive"]


@pytest.mark.parametrize("text", ["K1LL", "KiLL", "KIll", "K!LL", "k|ll", "KILL.", "(kill)"])
def test_a_short_term_is_found_with_look_alike_letters(text: str) -> None:
    assert terms_in(text) == ["kill"]


def test_a_number_stuck_to_a_word_is_told_apart_from_a_letter() -> None:
    assert terms_in("REWARD5,000 and 5CUM") == ["reward", "sum after reward", "scum"]


@pytest.mark.parametrize("text", ["P1G", "p!g", "P I G", "PIG?"])
def test_a_disguised_insult_is_found(text: str) -> None:
    assert terms_in(text) == ["pig"]


@pytest.mark.parametrize("text", ["pit", "pug", "pin", "kilt", "kiln", "mill", "KELL"])
def test_a_short_term_is_never_found_by_a_misread_letter(text: str) -> None:
    assert terms_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "skill and skilful",
        "a difficult operation",
        "the therapist",
        "unwanted",
        "piggyback",
        "grassroots",
        "a spigot",
        "person",
        "broadcast",
        "kidney",
        "a fancy dress",
        "scholarship",
        "familiar",
    ],
)
def test_nothing_is_found_inside_another_word(text: str) -> None:
    assert terms_in(text) == []


@pytest.mark.parametrize("text", ["other", "rather", "toward", "laughter", "patents", "wasted", "regards", "skilled"])
def test_english_words_one_letter_from_a_term_are_taken_at_their_word(text: str) -> None:
    assert terms_in(text) == []


@pytest.mark.parametrize(
    "text", ["more information", "of information", "in sight", "lines in the sand", "name as given"]
)
def test_a_phrase_needs_its_short_words_read_right(text: str) -> None:
    assert terms_in(text) == []


def test_a_false_space_does_not_make_a_short_term() -> None:
    assert terms_in("a ki ll") == []


@pytest.mark.parametrize(
    ("texts", "term"),
    [
        (("DEAD OR", "ALIVE"), "dead or alive"),
        (("DEAD", "OR", "ALIVE"), "dead or alive"),
        (("WAN", "TED"), "wanted"),
        (("We know", "where you", "live"), "we know where you live"),
        (("PL1", "2AB"), "UK postcode"),
    ],
)
def test_what_is_broken_over_lines_is_found(texts: tuple[str, ...], term: str) -> None:
    assert terms_in(*texts) == [term]


def test_a_short_term_is_not_made_of_two_lines() -> None:
    assert terms_in("PI", "G") == []


def test_lines_far_apart_are_not_read_as_one() -> None:
    assert find_words([a_line("DEAD OR", row=0), a_line("ALIVE", row=9)], VOCABULARY) == ()


def test_words_side_by_side_are_read_as_one_line() -> None:
    [word] = find_words([a_line("ALIVE", left=90), a_line("DEAD OR", left=0)], VOCABULARY)
    assert (word.term, word.text) == ("dead or alive", "DEAD OR ALIVE")


def test_a_term_over_two_lines_has_a_box_around_both() -> None:
    [word] = find_words([a_line("DEAD OR", row=0), a_line("ALIVE", row=1)], VOCABULARY)
    assert word.box == ((0, 0), (70, 0), (70, 45), (0, 45))


def test_a_term_within_a_line_has_a_box_of_its_own() -> None:
    [word] = find_words([a_line("he is wanted now")], VOCABULARY)
    assert (word.text, word.box) == ("wanted", ((60, 0), (120, 0), (120, 20), (60, 20)))


def test_the_score_is_the_likeness_times_the_confidence_of_the_reader() -> None:
    [word] = find_words([a_line("WANTEO", confidence=0.6)], VOCABULARY)
    assert word.score == pytest.approx(5 / 6 * 0.6)


def test_a_term_over_two_lines_is_as_sure_as_the_worse_line() -> None:
    [word] = find_words([a_line("DEAD OR", confidence=0.9), a_line("ALIVE", row=1, confidence=0.7)], VOCABULARY)
    assert word.score == pytest.approx(0.7)


def test_the_longer_of_two_terms_of_one_kind_stays() -> None:
    assert terms_in("most wanted") == ["most wanted"]


def test_terms_of_different_kinds_may_share_words() -> None:
    assert {(word.term, word.kind) for word in find_words([a_line("child abuser")], VOCABULARY)} == {
        ("child abuser", "insult"),
        ("child", "child"),
    }


def test_every_occurrence_is_reported() -> None:
    assert terms_in("wanted and wanted") == ["wanted", "wanted"]


@pytest.mark.parametrize(
    "text",
    [
        "REWARD £5,000",
        "REWARD: £5,000",
        "REWARD 5,000",
        "REWARD S5,000",
        "REWARD E5,000",
        "REWARD85,000",
        "REWARD5,000",
        "REWARD\u00d75,000",
    ],
)
def test_a_reward_and_its_sum_are_found_also_without_the_pound_sign(text: str) -> None:
    words = find_words([a_line(text)], VOCABULARY)
    assert words[0].term == "reward"
    assert words[1].term in {"sum of money", "sum after reward"}
    assert words[1].text.endswith("5,000")


@pytest.mark.parametrize("text", ["1,200 followers", "5,000 likes", "page 3 of 12", "10 minutes ago"])
def test_plain_numbers_are_no_reward(text: str) -> None:
    assert terms_in(text) == []


@pytest.mark.parametrize("text", ["PL1 2AB", "PL12AB", "PLI 2AB", "EX39 1QQ", "SW1A 1AA", "at PL4 8AA."])
def test_a_postcode_is_an_address(text: str) -> None:
    assert terms_in(text) == ["UK postcode"]


@pytest.mark.parametrize("text", ["PL1 2ABC", "QQ1 2AB", "is 1 of", "SO IS AN"])
def test_what_only_resembles_a_postcode_is_none(text: str) -> None:
    assert "UK postcode" not in terms_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "14 Acacia Road",
        "14 acacia road",
        "Flat 2, 14 Acacia Avenue",
        "221B BAKER STREET",
        "14ACACIAROAD",
        "3 Elm Close",
    ],
)
def test_a_house_number_with_a_street_is_an_address(text: str) -> None:
    [word] = find_words([a_line(text)], VOCABULARY)
    assert (word.kind, word.text) == ("address", text)


@pytest.mark.parametrize("text", ["he lives at the end", "in the lane", "his home address"])
def test_words_about_where_somebody_lives_are_an_address(text: str) -> None:
    assert kinds_in(text) == {"address"}


@pytest.mark.parametrize(
    "text", ["07700 900123", "07700900123", "+44 7700 900 123", "O77OO 9OO123", "01752 123456", "(020) 7946 0018"]
)
def test_uk_phone_numbers_are_found(text: str) -> None:
    assert kinds_in(f"ring {text} now") == {"phone"}


@pytest.mark.parametrize("text", ["0770090012", "077009001234", "12345678901", "2026-11-23 01:15"])
def test_other_long_numbers_are_no_phone_numbers(text: str) -> None:
    assert terms_in(text) == []


@pytest.mark.parametrize("text", ["WA12 ABC", "WA12ABC", "WAI2 ABC", "A123 BCD", "P7 XYZ", "he drives a red car"])
def test_registration_plates_and_driving_are_about_a_vehicle(text: str) -> None:
    assert kinds_in(text) == {"vehicle"}


@pytest.mark.parametrize("text", ["A38 AND A30", "M5 THE way", "L0CAL"])
def test_roads_are_no_registration_plates(text: str) -> None:
    assert terms_in(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("his kids", "child"),
        ("at the school gates", "school"),
        ("his wife", "family"),
        ("my mum", "family"),
        ("PC Smith", "name"),
        ("PC 4711", "name"),
        ("coward", "insult"),
        ("ACAB", "insult"),
        ("1312", "insult"),
        ("f**king", "insult"),
        ("watch your back", "threat"),
        ("you\u2019re next", "threat"),
    ],
)
def test_each_kind_has_its_words(text: str, kind: str) -> None:
    assert kinds_in(text) == {kind}


def test_a_poster_gives_its_words_in_the_order_of_its_lines() -> None:
    assert terms_in("WANTED", "DEAD OR", "ALIVE", "REWARD £5,000") == [
        "wanted",
        "dead or alive",
        "reward",
        "sum of money",
    ]


@pytest.mark.parametrize("text", ["", "?!", "新闻", "●", "1", "\u0301"])
def test_text_without_words_gives_nothing(text: str) -> None:
    assert terms_in(text) == []


def test_no_lines_give_no_words() -> None:
    assert find_words((), VOCABULARY) == ()


def test_an_empty_vocabulary_finds_nothing() -> None:
    assert terms_in("WANTED", vocabulary=Vocabulary((), ())) == []


@pytest.mark.parametrize(
    "piece", ["1", "a", "A", "1 a", "07 ", "REWARD ", "$1,", "flat 1 ", "1 Aaa ", "kill", "wanted "]
)
def test_a_hostile_line_takes_no_time(piece: str) -> None:
    started = time.process_time()
    terms_in((piece * 500)[:2000])
    assert time.process_time() - started < 2


def test_a_dense_page_takes_no_time() -> None:
    started = time.process_time()
    terms_in(*["words of a dense page that goes on about nothing"] * 150)
    assert time.process_time() - started < 2
