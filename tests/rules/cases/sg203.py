"""SG203: a slice that counts back from the end by a number that may be 0.

`# error: CODE column` stands on the line of the slice. Every function without a marker must stay
silent; its docstring says why it is right.
"""

import torch


# --- flagged ------------------------------------------------------------------------------------


def tokens_without_padding(tokens: torch.Tensor, mask: torch.Tensor):
    padding = int((mask == 0).sum())
    return tokens[:-padding]  # error: SG203 12


def padding_alone(tokens: torch.Tensor, mask: torch.Tensor):
    padding = (mask == 0).sum().item()
    return tokens[-padding:]  # error: SG203 12


def rows_before_those_that_were_kept(rows, others):
    kept = [other for other in others if other.valid]
    return rows[: -len(kept)]  # error: SG203 12


def last_rows_as_many_as_matches(rows: torch.Tensor, scores: torch.Tensor, limit):
    matches = torch.nonzero(scores > limit).size(0)
    return rows[-matches:]  # error: SG203 12


def columns_cut_on_the_right(image: torch.Tensor, filled: torch.Tensor):
    border = int((~filled).sum())
    return image[:, :, :-border]  # error: SG203 12


def gathered_without_what_was_padded(gathered: torch.Tensor, dataset, batch_size: int):
    rest = len(dataset) % batch_size
    return gathered[:rest]  # error: SG203 12


def all_but_the_last_of_those_that_pass(scores: torch.Tensor, limit):
    good = torch.nonzero(scores > limit).size(0)
    return scores[: good - 1]  # error: SG203 12


def tested_for_0_only_for_the_message(tokens: torch.Tensor, overhang: int):
    if overhang == 0:
        print("nothing hangs over")
    return tokens[:-overhang]  # error: SG203 12


def list_without_its_failures(results):
    failed = 0
    for result in results:
        if result.error:
            failed += 1
    return results[:-failed]  # error: SG203 12


def behind_the_first_tenth(rows: torch.Tensor):
    return rows[: -int(len(rows) * 0.1)]  # todo: SG203 12


def without_padding_by_default(x: torch.Tensor, padding: int = 0):
    return x[:-padding]  # error: SG203 12


def without_what_is_too_much(ids: torch.Tensor, most: int):
    over = max(ids.size(1) - most, 0)
    return ids[:, :-over]  # error: SG203 12


class Tail:
    """The check lets 0 through."""

    def __init__(self, rows: int, columns: int = 0):
        if rows < 0:
            raise ValueError(rows)
        self.rows = rows
        self.columns = columns

    def cut(self, x: torch.Tensor):
        return x[: -self.rows]  # error: SG203 16

    def cut_if_any(self, x: torch.Tensor):
        return x[: -self.rows] if self.rows else x

    def shortened(self, x: torch.Tensor):
        return self._shorten(x) if self.columns > 0 else x

    def _shorten(self, x: torch.Tensor):
        return x[:, : -self.columns]

    def cut_behind_a_test(self, x: torch.Tensor):
        if self.columns == 0:
            return x
        return x[:, : -self.columns]


class Crop:
    """The check refuses 0."""

    def __init__(self, rows: int = 1):
        assert rows > 0
        self.rows = rows

    def cut(self, x: torch.Tensor):
        return x[: -self.rows]


def refused_where_negative(x: torch.Tensor, n: int):
    if n < 0:
        raise ValueError(n)
    return x[:-n]  # error: SG203 12


# --- silent -------------------------------------------------------------------------------------


def cut_only_where_there_is_padding(tokens: torch.Tensor, mask: torch.Tensor):
    """The number is asked for before it is used."""
    padding = int((mask == 0).sum())
    if padding > 0:
        tokens = tokens[:-padding]
    return tokens


def counted_from_the_start(tokens: torch.Tensor, mask: torch.Tensor):
    """0 counts as any other number."""
    padding = int((mask == 0).sum())
    return tokens[: tokens.size(0) - padding]


def none_where_there_is_none(tokens: torch.Tensor, mask: torch.Tensor):
    """A stop of None keeps everything."""
    padding = int((mask == 0).sum())
    return tokens[: -padding or None]


def at_least_one(rows, others):
    """The number is at least 1."""
    kept = [other for other in others if other.valid]
    return rows[-max(len(kept), 1) :]


def last_n(rows, n: int):
    """Nothing says that the argument can be 0."""
    return rows[-n:]


def shorter_by_one(rows: torch.Tensor):
    """A literal is not 0."""
    return rows[:-1]


def rest_where_something_is_left(gathered: torch.Tensor, dataset, batch_size: int):
    """The remainder is asked for."""
    rest = len(dataset) % batch_size
    return gathered[:rest] if rest else gathered


def refused(tokens: torch.Tensor, overhang: int):
    """0 is refused before."""
    if overhang == 0:
        raise ValueError("nothing hangs over")
    return tokens[:-overhang]


def all_but_the_last(scores: torch.Tensor, limit):
    """There is one to leave out."""
    good = torch.nonzero(scores > limit).size(0)
    return scores[: good - 1] if good else scores


def in_front_of_those_that_pass(scores: torch.Tensor, limit):
    """The number is a position from the start; 0 keeps nothing, as it should."""
    good = torch.nonzero(scores > limit).size(0)
    return scores[:good], scores[good:]


def without_the_one_at(items: list, at: int):
    """The remainder is a position that is wrapped around; nothing stands before the first."""
    at %= len(items)
    return [*items[:at], *items[at + 1 :]]


def without_a_share_of_at_least_one(rows: torch.Tensor, share: float):
    """The number is bounded from below."""
    number = max(int(len(rows) * share), 1)
    return rows[:-number]


def without_a_share_if_there_is_one(rows: torch.Tensor, share: float):
    """0 is another path."""
    number = round(len(rows) * share)
    if number == 0:
        return rows
    return rows[:-number]


def without_what_is_over(previous, total: int, target: int):
    """Only what is over is cut off."""
    number = total + 1 - target
    if number > 0:
        previous = previous[:, :-number]
    return previous


def without_padding_if_there_is_some(x: torch.Tensor, padding: int = 0):
    """The default is another path."""
    return x[:-padding] if padding else x


class LastPositions:
    """0 is the default that asks for all: what a caller does who gives no number."""

    def __init__(self, columns: int = 0):
        self.columns = columns

    def forward(self, hidden_states: torch.Tensor, num_logits_to_keep: int = 0):
        """As above."""
        return self.lm_head(hidden_states[:, -num_logits_to_keep:, :])

    def last(self, x: torch.Tensor):
        """As above."""
        return x[:, -self.columns :]
