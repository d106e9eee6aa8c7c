"""The abstract execution of one function: what every part of the interpreter works on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from shapeguard.lint.flow.bounds import Around
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import any_of, negate
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.values import Choice, Unknown
from shapeguard.lint.flow.events import Index, Moment
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import libcst as cst

    from shapeguard.lint.flow.bounds import Budget
    from shapeguard.lint.flow.calls.outcomes import Outcome
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Sequence, Value
    from shapeguard.lint.flow.events import Event, Split
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.flow.program import Function, Program
    from shapeguard.lint.flow.shapes.axis_names import AxisScope
    from shapeguard.lint.flow.statements.exceptions import Attempt
    from shapeguard.lint.flow.trace import Trail


T = TypeVar("T")
NOTHING, CONSTRUCTORS, EVERYTHING = range(3)


@dataclass
class Analysis:
    """What all executions of one entry function share.

    ``evaluate`` and ``execute`` are the interpreter; they are handed in, so that its parts need not
    import each other in circles. ``muted`` counts the passes over loop bodies whose events are not
    final yet. ``tests`` remembers which branches tested a literal, ``origins`` where a symbol got the
    reason to be 0 that it carries, ``splits`` which pieces came of which split, ``measured`` of which
    numbers lists were made and how long, ``outcomes`` what came of a call with these very arguments,
    ``told`` the keys of those with events, ``keys`` which key a condition looks for, ``guessed`` are the
    origins, or the values, of what was combined with, or indexed by, something of another or an unknown
    shape. ``around`` is the pass over a loop that is being made, ``cut_off`` counts the calls that went
    too deep. ``lives`` says how much may be asked about the attributes of objects: nothing while a
    constructor is executed to learn of them, what constructors set while other methods are, everything
    otherwise; ``receiver`` is the origin of the object that they are of.
    """

    program: Program
    models: Mapping[str, Model]
    emit: Callable[[Event], None]
    evaluate: Callable[[Run, cst.BaseExpression], Value]
    execute: Callable[[Run, Iterable[cst.CSTNode]], None]
    budget: Budget
    order: int = 0
    muted: int = 0
    tests: dict[Predicate, Trail] = field(default_factory=dict["Predicate", "Trail"])
    splits: dict[Value, Split] = field(default_factory=dict["Value", "Split"])
    measured: dict[Term, Term] = field(default_factory=dict["Term", "Term"])
    outcomes: dict[object, Outcome] = field(default_factory=dict[object, "Outcome"])
    told: list[object] = field(default_factory=list[object])
    origins: dict[tuple[str, str], Trail] = field(default_factory=dict[tuple[str, str], "Trail"])
    guessed: set[str | Tensor] = field(default_factory=set["str | Tensor"])
    around: Around = field(default_factory=Around)
    cut_off: int = 0
    keys: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    receiver: str = ""
    lives: int = EVERYTHING


@dataclass
class Loop:
    """The exits of the loop that is being executed, and the parts that its body takes.

    ``skips`` says that a path has left an iteration before its end.
    """

    breaks: list[State] = field(default_factory=list["State"])
    continues: list[State] = field(default_factory=list["State"])
    skips: bool = False
    parts: list[Index] = field(default_factory=list["Index"])


@dataclass
class Run:
    """One execution of one function with given arguments.

    ``state`` is None where no path goes on. ``path`` are the calls that led here, ``base`` is the
    number of facts that already held at the call, ``name`` makes identities unique to this call.
    ``ended`` says that a call in the current statement never returns. ``caller`` is the execution
    that called, ``scope`` has what the axis names in annotations stand for, ``yielded`` lists of
    what a generator has given so far, ``attempts`` are the ``try`` bodies that are being executed, ``walked``
    holds the member that each walk around the current statement has taken.
    """

    analysis: Analysis
    function: Function
    state: State | None
    path: Trail = ()
    base: int = 0
    name: str = ""
    depth: int = 0
    callers: tuple[Function, ...] = ()
    returns: list[tuple[State, Value]] = field(default_factory=list[tuple["State", "Value"]])
    ended: bool = False
    caller: Run | None = None
    scope: AxisScope | None = None
    yielded: list[Sequence] = field(default_factory=list["Sequence"])
    loops: list[Loop] = field(default_factory=list[Loop])
    attempts: list[Attempt] = field(default_factory=list["Attempt"])
    walked: list[Value] = field(default_factory=list["Value"])

    def evaluate(self, node: cst.BaseExpression) -> Value:
        """Return the abstract value of an expression on the current path."""
        return self.analysis.evaluate(self, node)

    def execute(self, body: Iterable[cst.CSTNode]) -> None:
        """Execute statements; afterwards ``state`` is where the path goes on, or None."""
        self.analysis.execute(self, body)

    def each(self, value: Value, change: Callable[[Value], Value], identity: str) -> Value:
        """Apply an operation to every alternative of a value, on the paths on which it is the value.

        What happens meanwhile happens under the condition of the alternative.
        """
        if not isinstance(value, Choice):
            return change(value)
        return self.on_paths(value.alternatives, change, identity)

    def on_paths(
        self, options: Iterable[tuple[Predicate, T]], change: Callable[[T], Value], identity: str
    ) -> Value:
        """Apply an operation to each option on the paths on which its condition holds.

        Names that it binds stay bound; what a path learns holds where its condition does.
        """
        facts = self.here.facts
        changed: list[tuple[Predicate, Value]] = []
        learned: list[Predicate] = []
        for condition, option in options:
            reached = State(self.here.names, facts).assume(condition)
            if reached is not None:
                self.state = reached
                changed.append((condition, change(option)))
                more = self.here.since(len(reached.facts))
                learned.append(any_of((negate(condition), more)))
        self.state = State(self.here.names, facts)
        for each in learned:
            self.state = self.here.assume(each) or self.here
        return merge.select(changed, identity)

    @property
    def here(self) -> State:
        """The current state; only asked where a path goes on."""
        assert self.state is not None  # noqa: S101 - invariant of the interpreter
        return self.state

    def identity(self, node: cst.CSTNode) -> str:
        """Return an identity for what a node produces in this call: the same in every pass."""
        return f"{self.name}@{self.function.number(node)}"

    def unknown(self, node: cst.CSTNode, name: str = "value") -> Unknown:
        """Return a value about which nothing is known but where it comes from."""
        return Unknown(self.identity(node), name)

    def site(self, node: cst.CSTNode) -> Site:
        """Return the place of a node."""
        return Site.of(self.function, node)

    def station(
        self, node: cst.CSTNode, template: str, shown: cst.CSTNode | None = None
    ) -> Station:
        """Return a step of a trace, at this moment; ``{}`` in the template is the source text."""
        self.analysis.order += 1
        return Station(self.analysis.order, self.site(node), template, shown or node)

    def moment(self, node: cst.CSTNode) -> Moment:
        """Return where and when something happens, for an event."""
        analysis = self.analysis
        return Moment(
            self.site(node),
            self.here.facts,
            self.path,
            analysis.tests,
            analysis.program.twins,
            analysis.origins,
        )

    def moment_under(self, node: cst.CSTNode, condition: Predicate) -> Moment | None:
        """Return the moment on the paths on which a condition holds, or None if there is none."""
        reached = self.here.assume(condition)
        return None if reached is None else replace(self.moment(node), facts=reached.facts)

    def emit(self, event: Event) -> None:
        """Report an event, unless the pass over a loop body is not final."""
        if self.analysis.muted:
            return
        self.analysis.emit(event)
        if self.loops and isinstance(event, Index):
            self.loops[-1].parts.append(event)
