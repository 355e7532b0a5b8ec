"""What the cards of the judges say that learn from comments."""

NAMES_CARD = """Which touchpoints a text speaks of, of those that words name or weights for hints hear. Fitted by
`benchmarks/train_comment_judges.py`.

## Candidates that it was fitted on, and the share that it judges right (5-fold cross-validation by text)

```
{table}
```
They are of texts of ours that no weights were learned from. `mentions` are comments that three writers made up so that
several touchpoints fare differently, `comments` those of seven writers, as customers write. Of golden and specified
ones, which count eight times, only what must be found and what must not is known. How often each label errs in
`mentions` and `comments` at even chances (a touchpoint is told from 40 % on):

```
{errors}
```

## Limits

A touchpoint that no word names and no weights hear is no candidate. In texts of more than 80 characters each part is
heard, but not the whole; in those of more than 160, which are reviews, all that words name counts. Packs that have
weights of their own for touchpoints do without it, and touchpoints that the hints of a pack do not know are named by
their words alone.
"""
MENTIONS_CARD = """Whether a touchpoint is spoken of as good, bad, neutral or both. Fitted by
`benchmarks/train_comment_judges.py`.

## Touchpoints that it was fitted on, and the share that it judges right (5-fold cross-validation by text)

```
{table}
```
They are those that are told of texts of ours that no weights were learned from. `mentions` are comments that three
writers made up so that several touchpoints fare differently, `comments` those of seven writers, as customers write; on
the texts of the others the judge of texts was fitted. Golden and specified ones count four times. How often each label
errs in `mentions` and `comments` stands in the file, and corrects shares of touchpoints:

```
{errors}
```

## Limits

It judges what is found; what nothing names, and what is named by mistake, stays so. What is praised and blamed at once
in one place is rare, and hardly ever told as such. The judge is not asked of texts of more than 160 characters, where
each clause speaks for itself (sides in long restaurant reviews became worse with it), nor in packs with weights of
their own for touchpoints or types.
"""
COMPLAINTS_CARD = """Whether a text complains. Fitted by `benchmarks/train_comment_judges.py`.

## Texts that it was fitted on, and the share that it judges right (5-fold cross-validation)

```
{table}
```
No weights were learned from them; on those of `seen` and the golden sentences the judge of texts was fitted. Golden and
specified ones, which tests tell, count seven times. `complaints` are texts of three writers for this judge alone:
requests with hardly a word of feeling, faults told drily, the same words in praise and questions, mild dislike. How
often each label errs in `comments`:

```
{errors}
```

## Limits

What a complaint is, readers draw the line differently, most of all beside praise. Texts of more than 160 characters are
judged by rules, and so are packs without hints and the scorers without weights; in a case log it takes no complaint
away.
"""
