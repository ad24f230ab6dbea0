"""Generation: grounded answers made of the best answering sentences, and how far sources support a text."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from understudy.behaviours.questions import asks_for, holds_answer
from understudy.behaviours.regex import regex
from understudy.behaviours.tokens import content_stems, sentence_spans, words

NO_ANSWER = "The search results hold nothing that answers this question."

_HINTED = 0.3  # what a date is worth to "when"
_FOLLOWED = 0.3  # what a sentence inherits from the one before
_INTRODUCED = 0.75  # what it inherits from a heading or a question
_UNFINISHED, _ASKING = 0.6, 0.4  # headings and questions are no answers
_WORTH_SAYING = 0.5  # of the best sentence's score
_LONGEST_SUMMARY = 6  # sentences
_SENTENCES_EACH = 3  # sentences of a text that one of its summary stands for
_SCALE = 1_000_000
_PREFIX = 5
_TERMINATED = regex(r"[.!?…。！？｡।۔؟][\"'”’»«)\]」』）]*\Z")
_ASKED = regex(r"[?？؟][\"'”’»«)\]」』）]*\Z")
_CITATION = regex(r"\[\d+(?:\s?,\s?\d+)*\]")
_TOKEN = regex(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer and the position of the passage it was taken from, from 0."""

    text: str
    source: int


@dataclass(frozen=True)
class _Candidate:
    text: str
    source: int
    stems: frozenset[str]


def compose(
    question: str, passages: Sequence[str], *, max_sentences: int = 3, max_characters: int | None = None
) -> list[Sentence]:
    """The sentences of the passages that answer the question best, best first, each whole and verbatim.

    `max_characters` is a soft limit: it never leaves less than one sentence. Passages that share no
    meaningful word with the question answer nothing.
    """
    candidates = list(_candidates(passages))
    scores = _scores(question, candidates)
    order = sorted(range(len(candidates)), key=lambda at: -scores[at])
    if not order or scores[order[0]] <= 0:
        return []
    least = scores[order[0]] * _WORTH_SAYING
    chosen = [candidates[at] for at in order[: max(1, max_sentences)] if scores[at] >= least]
    return [Sentence(one.text, one.source) for one in _fitting(chosen, max_characters)]


def summarize(passages: Sequence[str], max_characters: int) -> list[Sentence]:
    """The sentences that stand for a text best, each whole and verbatim, in the order of the text.

    A sentence counts by how often the text uses its words; words that were said already count less.
    `max_characters` is a soft limit: it never leaves less than one sentence.
    """
    candidates = [one for one in _candidates(passages) if one.stems]
    counts = Counter(stem for one in candidates for stem in one.stems)
    weights = {stem: count * _SCALE for stem, count in counts.items()}
    worths = [round(_worth(one.text) * 10) for one in candidates]
    wanted = min(_LONGEST_SUMMARY, -(-len(candidates) // _SENTENCES_EACH))
    chosen: list[int] = []
    left = list(range(len(candidates)))
    used = 0
    while left and len(chosen) < wanted:
        # Whole numbers: the order in which a set gives its stems must not decide.
        best = max(left, key=lambda at: (_weight(candidates[at], weights) * worths[at], -at))
        left.remove(best)
        used += len(candidates[best].text) + bool(chosen)
        if chosen and used > max_characters:
            break
        chosen.append(best)
        for stem in candidates[best].stems:
            weights[stem] //= 4
    return [Sentence(candidates[at].text, candidates[at].source) for at in sorted(chosen)]


def _weight(one: _Candidate, weights: Mapping[str, int]) -> int:
    """How much a sentence tells for its length; very short ones tell little."""
    return sum(weights[stem] for stem in one.stems) // (len(one.stems) + 3)


def render(sentences: Sequence[Sentence], citation: Callable[[int], str]) -> str:
    """The answer as text, each sentence followed by the citation of its source, as in `It rained. [1]`."""
    return " ".join(f"{one.text} {citation(one.source)}".rstrip() for one in sentences)


def without_citations(text: str) -> str:
    """A text without the numbers in brackets that cite."""
    return _CITATION.sub("", text)


def pieces(text: str, size: int = 20) -> list[str]:
    """The text in chunks of about `size` characters, split between words; longer words are cut."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if found and len(found[-1]) + len(token) <= size:
            found[-1] += token
        else:
            found.extend(token[at : at + size] for at in range(0, len(token), size))
    return found


def consistency(answer: str, sources: Sequence[str]) -> float:
    """The share in [0, 1] of the answer's meaningful words that its sources hold.

    Each sentence is judged by the source that supports it best. Citations do not count.
    """
    held = dict.fromkeys(
        frozenset().union(*(stems for _, _, stems in _sentences(source))) for source in sources
    )
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, stems in enumerate(held):
        for stem in stems:
            holders[stem].append(number)
    text = _CITATION.sub(" ", answer)
    claims = Counter(content_stems(text[start:end]) for start, end in sentence_spans(text))
    claimed = sum(len(claim) * times for claim, times in claims.items())
    supported = sum(_most_held(claim, holders) * times for claim, times in claims.items())
    return round(supported / claimed, 6) if claimed else 0.0


def _most_held(claim: Iterable[str], holders: Mapping[str, Sequence[int]]) -> int:
    """How many stems of the claim the source with the most of them holds."""
    found: Counter[int] = Counter()
    for stem in claim:
        found.update(holders.get(stem, ()))
    return max(found.values(), default=0)


def _candidates(passages: Sequence[str]) -> Iterator[_Candidate]:
    seen: set[tuple[str, ...]] = set()
    for source, passage in enumerate(passages):
        for text, found, stems in _sentences(passage):
            if found not in seen:
                seen.add(found)
                yield _Candidate(text, source, stems)


@lru_cache(maxsize=512)
def _sentences(passage: str) -> tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]:
    """The text, the words and the meaningful stems of each sentence."""
    texts = [passage[start:end] for start, end in sentence_spans(passage)]
    return tuple((text, tuple(words(text)), frozenset(content_stems(text))) for text in texts)


def _scores(question: str, candidates: Sequence[_Candidate]) -> list[float]:
    """Coverage of the question, with what the sentence before has covered, hints and the order of sources."""
    weights = _weights(content_stems(question), candidates)
    covered = [_coverage(weights, one.stems) for one in candidates]
    kinds = asks_for(question)
    scores = []
    for at, one in enumerate(candidates):
        before = candidates[at - 1] if at and candidates[at - 1].source == one.source else None
        coverage = covered[at]
        if before:
            coverage += _inherited(before.text) * max(0.0, covered[at - 1] - coverage)
        hinted = 1 + _HINTED * holds_answer(one.text, kinds)
        scores.append(round(coverage * hinted * _worth(one.text) / (1 + 0.08 * one.source), 9))
    return scores


def _weights(wanted: Iterable[str], candidates: Sequence[_Candidate]) -> dict[str, float]:
    """How much each stem of the question tells: the fewer sentences hold it, the more."""
    holders = Counter(stem for one in candidates for stem in one.stems)
    weights = {stem: 1 / (3 + holders[stem]) for stem in dict.fromkeys(wanted)}
    total = sum(weights.values())
    return {stem: weight / total for stem, weight in weights.items()}


def _coverage(weights: Mapping[str, float], held: frozenset[str]) -> float:
    return sum(weight * _held(stem, held) for stem, weight in weights.items())


def _held(stem: str, held: frozenset[str]) -> float:
    if stem in held:
        return 1.0
    return 0.5 if len(stem) >= _PREFIX and any(other.startswith(stem[:_PREFIX]) for other in held) else 0.0


def _inherited(before: str) -> float:
    return _INTRODUCED if _ASKED.search(before) or not _TERMINATED.search(before) else _FOLLOWED


def _worth(text: str) -> float:
    if _ASKED.search(text):
        return _ASKING
    return 1.0 if _TERMINATED.search(text) else _UNFINISHED


def _fitting(chosen: Sequence[_Candidate], limit: int | None) -> list[_Candidate]:
    """The leading sentences that stay within the limit, and the first in any case."""
    used = 0
    for at, one in enumerate(chosen):
        used += len(one.text) + (1 if at else 0)
        if limit is not None and used > limit and at:
            return list(chosen[:at])
    return list(chosen)
