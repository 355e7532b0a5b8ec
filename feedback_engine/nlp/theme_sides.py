"""What is said where a theme is mentioned: by the clause, or by its whole sentence where the clause takes no side.

豆浆是现磨的 names a fact; whether it pleases is told by what stands beside it. Weights that were learned from whole
texts take such a piece of one for a remark, and remarks for blame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set

from feedback_engine.lexicon.columns import steps
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import split_clauses
from feedback_engine.nlp.tagged import Sentiment, TaggedText
from feedback_engine.nlp.tagger import Tagger, has_content, show
from feedback_engine.nlp.theme_mentions import Mention

#: Gives texts by id.
Read = Callable[[Sequence[str]], Mapping[str, str]]
#: Characters before and after a mention that are looked through for the ends of its sentence.
_REACH = 200


def judge(
    mentions: Sequence[Mention], tags: Mapping[str, TaggedText], silent: Set[str], read: Read, tagger: Tagger
) -> dict[Mention, Sentiment]:
    """Return what is said at each mention; `tags` are those of the clauses alone, of which some are `silent`."""
    sides = {mention: tags[mention.clause].sentiment for mention in mentions}
    asking = [mention for mention in sides if mention.clause in silent]
    texts = read(sorted({mention.feedback_id for mention in asking}))
    return sides | _judge_sentences([mention for mention in asking if mention.feedback_id in texts], texts, tagger)


def tag_clauses(clauses: Sequence[str], tagger: Tagger) -> tuple[dict[str, TaggedText], set[str]]:
    """Return the tags of each clause, and those in which no word of the lists says good or bad."""
    telling = [clause for clause in clauses if has_content(clause)]
    tags = {clause: tagger.tag(clause) for clause in set(clauses).difference(telling)}
    silent = set(tags)
    if telling:
        found = tagger.find(telling)
        tags |= zip(telling, show(found), strict=True)
        said = steps(found.verdicts.rules.texts.first).tolist()
        silent |= {clause for clause, count in zip(telling, said, strict=True) if not count}
    return tags, silent


def _judge_sentences(mentions: Sequence[Mention], texts: Mapping[str, str], tagger: Tagger) -> dict[Mention, Sentiment]:
    sentences = {mention: _find_sentence(texts[mention.feedback_id], mention) for mention in mentions}
    distinct = sorted(set(sentences.values()))
    found = dict(zip(distinct, tagger.tag_many(distinct), strict=True))
    return {mention: found[sentence].sentiment for mention, sentence in sentences.items()}


def _find_sentence(text: str, mention: Mention) -> str:
    begin = max(0, mention.start - _REACH)
    near = fold(text).text[begin : mention.end + _REACH]
    clauses = split_clauses(near)
    number = next((clause.sentence for clause in clauses if clause.end > mention.start - begin), None)
    own = [clause for clause in clauses if clause.sentence == number]
    return near[own[0].start : own[-1].end] if own else mention.clause
