"""Templates per language: a sentence without gaps is put in when its template is compiled, not looked up at every page.

A page holds a hundred such sentences. Looking one up costs ten microseconds, which made it half the work of a list.
"""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask.templating import Environment
from flask_babel import force_locale, get_locale, get_translations
from jinja2 import Template, nodes, pass_eval_context
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.visitor import NodeTransformer
from markupsafe import Markup


class SpokenEnvironment(Environment):
    """Hands every asking on to an environment of the language that is spoken at that moment."""

    catalogue: Any = None
    """The translations of this environment; None for the one that the application holds."""

    def get_or_select_template(
        self,
        template_name_or_list: Any,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        return super(SpokenEnvironment, self._now()).get_or_select_template(
            template_name_or_list, parent, globals
        )

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        return super(SpokenEnvironment, self._now()).get_template(name, parent, globals)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One plain dictionary instead of a chain: every template on the way copies it."""
        return {**self.globals, **(d or {})}

    def _now(self) -> "SpokenEnvironment":
        spoken = None if self.catalogue is not None else get_locale()
        return self if spoken is None else _speaking(self, str(spoken)[:2])

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.catalogue is not None:
            escapes = self.autoescape(name) if callable(self.autoescape) else self.autoescape
            _Sentences(self.catalogue, escapes).visit(tree)
        return tree


def _speaking(whole: SpokenEnvironment, language: str) -> SpokenEnvironment:
    """The environment of a language, made when it is first spoken: the application is complete by then."""
    made: dict[str, SpokenEnvironment] = whole.app.extensions.setdefault("spoken", {})
    if language not in made:
        environment = whole.overlay()
        with force_locale(language):
            environment.catalogue = get_translations()
        gettext, ngettext = _sayers(environment.catalogue)
        environment.globals = {**whole.globals, "_": gettext, "gettext": gettext, "ngettext": ngettext}
        if whole.bytecode_cache is not None:
            environment.bytecode_cache = _Apart(whole.bytecode_cache, language)
        made[language] = environment
    return made[language]


def _sayers(catalogue: Any) -> tuple[Callable[..., str], Callable[..., str]]:
    """`_` and `ngettext` for sentences with gaps: what fills a gap is escaped, as everywhere in a page."""

    @pass_eval_context
    def gettext(place: nodes.EvalContext, sentence: str, /, **values: Any) -> str:
        said: str = catalogue.ugettext(sentence)
        return (Markup(said) if place.autoescape else said) % values  # noqa: S704 - our own words

    @pass_eval_context
    def ngettext(place: nodes.EvalContext, singular: str, plural: str, num: int, /, **values: Any) -> str:
        said: str = catalogue.ungettext(singular, plural, num)
        return (Markup(said) if place.autoescape else said) % {"num": num, **values}  # noqa: S704 - our own words

    return gettext, ngettext


class _Apart(BytecodeCache):
    """A cache of compiled templates that keeps the languages apart, for they hold different words."""

    def __init__(self, whole: BytecodeCache, language: str) -> None:
        self.whole, self.language = whole, language

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        return self.whole.get_bucket(environment, f"{self.language}:{name}", filename, source)

    def set_bucket(self, bucket: Bucket) -> None:
        self.whole.set_bucket(bucket)


class _Sentences(NodeTransformer):
    """Replaces `_("Sign in")` by the words themselves; a sentence with gaps stays a call."""

    def __init__(self, catalogue: Any, escapes: bool) -> None:
        self.catalogue, self.escapes = catalogue, escapes

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja calls it so
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name in ("_", "gettext")):
            return node
        if len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        said = node.args[0]
        if not (isinstance(said, nodes.Const) and isinstance(said.value, str)):
            return node
        words = self.catalogue.ugettext(said.value) % {}  # as the call would: a doubled percent sign is one
        put = Markup(words) if self.escapes else words  # noqa: S704 - our own words
        return nodes.Const(put, lineno=node.lineno)
