"""The protocol's side of the language server. In: messages of an editor; out: answers, and diagnostics as one types.

After a change the text is checked once it has rested for `PAUSE` seconds, in all stages that need no data; on opening
and saving also with its data. Checks run on threads of their own; what a newer text has overtaken is thrown away.
No text makes the server fail: a fault of ours is logged, shown as G901, and the feature gives nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from compiler.syntax.format import format_text
from gamec.language_server.checks import Checked, Facts, full_check, quick_check
from gamec.language_server.completion import Proposal, proposals, word_start
from gamec.language_server.document import Document
from gamec.language_server.files import path_of, reader, source_path, uri_of
from gamec.language_server.hover import hover_text, word_text
from gamec.language_server.names import KINDS, Symbol
from gamec.language_server.outline import outline
from gamec.language_server.positions import Positions
from gamec.language_server.published import Published, by_file, quick_fixes
from gamec.language_server.worker import Worker
from grammar.diagnostics import DiagnosticError
from grammar.source import Source, Span
from runtime.version import version

PAUSE = 0.2
"""Seconds without a key after which a text is checked."""

SOON = 1.0
"""Seconds that findings without those in the data wait for them: who sees errors go and come again is misled."""

logger = logging.getLogger(__name__)
R = TypeVar("R")
P = TypeVar("P")

ITEM_KINDS: dict[str, lsp.CompletionItemKind] = {
    **dict.fromkeys(KINDS, lsp.CompletionItemKind.Variable),
    "keyword": lsp.CompletionItemKind.Keyword,
    "file": lsp.CompletionItemKind.File,
    "function": lsp.CompletionItemKind.Function,
    "unit": lsp.CompletionItemKind.Unit,
    "set": lsp.CompletionItemKind.Enum,
    "scenarios": lsp.CompletionItemKind.Enum,
    "element": lsp.CompletionItemKind.EnumMember,
    "param": lsp.CompletionItemKind.Constant,
    "let": lsp.CompletionItemKind.Property,
    "player": lsp.CompletionItemKind.Class,
    "component": lsp.CompletionItemKind.Struct,
    "use": lsp.CompletionItemKind.Module,
    "case": lsp.CompletionItemKind.Module,
    "option": lsp.CompletionItemKind.Property,
}


class GameServer(LanguageServer):
    """The server with what it knows of each open text."""

    def __init__(self) -> None:
        super().__init__("gamec", version(), text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.ended = False
        """Whether the editor has said that it will end the server."""
        self.published = Published()
        self.checked: dict[str, Checked] = {}
        self.facts: dict[str, Facts] = {}
        self._documents: dict[str, Document] = {}
        self._turn: dict[str, int] = {}
        """Counts the checks asked for, by URI: only the newest is shown."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._quick = Worker()
        self._full = Worker()

    # ------------------------------------------------------------ texts

    @property
    def encoding(self) -> str | None:
        return self.workspace.position_encoding

    def document(self, uri: str) -> Document:
        """The text of an open file as it is now."""
        text = self.workspace.get_text_document(uri).source
        known = self._documents.get(uri)
        if known is None or known.source.text != text:
            path = path_of(uri)
            known = Document(Source(path.name if path else uri, text), reader(path, self._opened()))
            self._documents[uri] = known
        return known

    def forget_imports(self) -> None:
        """What documents have read of other files may have changed."""
        self._documents.clear()

    def positions(self, source: Source) -> Positions:
        return Positions(source, self.encoding)

    def locate(self, uri: str) -> Callable[[Source], str]:
        """Gives the URI of a source that belongs to the model at `uri`."""
        model = path_of(uri)

        def of(source: Source) -> str:
            if source is self._source_of(uri) or (model is not None and source.path == model.name):
                return uri
            path = source_path(source, model)
            return uri if path is None else uri_of(path)

        return of

    def location(self, uri: str, span: Span) -> lsp.Location:
        return lsp.Location(self.locate(uri)(span.source), self.positions(span.source).range(span))

    def _source_of(self, uri: str) -> Source | None:
        known = self._documents.get(uri)
        return None if known is None else known.source

    def _opened(self) -> dict[Path, str]:
        """The texts of all open files, by path."""
        paths = {uri: path_of(uri) for uri in self.workspace.text_documents}
        return {
            path.resolve(): self.workspace.get_text_document(uri).source
            for uri, path in paths.items()
            if path is not None
        }

    # ------------------------------------------------------------ checks

    def check_soon(self, uri: str, pause: float, with_data: bool) -> None:
        """Check the text after `pause` seconds unless it changes again before."""
        self._turn[uri] = self._turn.get(uri, 0) + 1
        task = asyncio.ensure_future(self._check(uri, self._turn[uri], pause, with_data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def check_others(self, uri: str) -> None:
        """Check the other open texts, which may import this one."""
        self.forget_imports()
        for other in self.workspace.text_documents:
            if other != uri:
                self.check_soon(other, PAUSE, with_data=True)

    def closed(self, uri: str) -> None:
        self._turn[uri] = self._turn.get(uri, 0) + 1
        for known in (self._documents, self.checked, self.facts):
            known.pop(uri, None)
        self._publish(self.published.replace(uri, {}))

    async def _check(self, uri: str, turn: int, pause: float, with_data: bool) -> None:
        await asyncio.sleep(pause)
        if self._turn[uri] != turn:
            return
        path = path_of(uri)
        source = self.document(uri).source
        read = reader(path, self._opened())
        found = await self._quick.run(lambda: quick_check(source, read))
        if self._turn[uri] != turn:
            return
        if found.errors or not with_data or path is None:
            self._show(uri, found)
            return
        current = self._turn
        job = self._full.run(lambda: full_check(source, read) if current[uri] == turn else None)
        complete = asyncio.ensure_future(job)
        await asyncio.wait({complete}, timeout=SOON)
        early = not complete.done() and self._turn[uri] == turn
        if early:
            self._show(uri, found)
        whole = await complete
        if whole is not None and self._turn[uri] == turn:
            self.facts[uri] = whole.facts
            if early and whole.diagnostics == found.diagnostics:
                self.checked[uri] = whole
            else:
                self._show(uri, whole)

    def _show(self, uri: str, found: Checked) -> None:
        self.checked[uri] = found
        self._publish(self.published.replace(uri, by_file(found.diagnostics, uri, self.locate(uri), self.encoding)))

    def _publish(self, files: dict[str, list[lsp.Diagnostic]]) -> None:
        for uri, diagnostics in files.items():
            document = self.workspace.text_documents.get(uri)
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(uri, diagnostics, document.version if document else None)
            )


class _AtPosition(Protocol):
    """What every question about a place holds."""

    text_document: lsp.TextDocumentIdentifier
    position: lsp.Position


def feature(
    server: GameServer, method: str, options: object = None
) -> Callable[[Callable[[GameServer, P], R]], Callable[[GameServer, P], R | None]]:
    """Register a handler; if it fails the fault is logged and the editor gets nothing rather than an error."""

    def register(handler: Callable[[GameServer, P], R]) -> Callable[[GameServer, P], R | None]:
        def guarded(params: P) -> R | None:
            try:
                return handler(server, params)
            except Exception:  # logged; the next request may do without it
                logger.exception("%s failed; this is a fault of gamec", method)
                return None

        server.feature(method, options)(guarded)
        return handler

    return register


def make_server() -> GameServer:
    """A server with all features, ready to be started."""
    server = GameServer()
    _register_texts(server)
    _register_questions(server)
    return server


def _register_texts(server: GameServer) -> None:
    @feature(server, lsp.SHUTDOWN)
    def shut_down(ls: GameServer, _: None) -> None:
        ls.ended = True

    @feature(server, lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: GameServer, params: lsp.DidOpenTextDocumentParams) -> None:
        ls.check_soon(params.text_document.uri, 0, with_data=True)

    @feature(server, lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: GameServer, params: lsp.DidChangeTextDocumentParams) -> None:
        ls.check_soon(params.text_document.uri, PAUSE, with_data=False)

    @feature(server, lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: GameServer, params: lsp.DidSaveTextDocumentParams) -> None:
        ls.check_others(params.text_document.uri)
        ls.check_soon(params.text_document.uri, 0, with_data=True)

    @feature(server, lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: GameServer, params: lsp.DidCloseTextDocumentParams) -> None:
        ls.closed(params.text_document.uri)


def _register_questions(server: GameServer) -> None:
    @feature(server, lsp.TEXT_DOCUMENT_HOVER)
    def hover(ls: GameServer, params: lsp.HoverParams) -> lsp.Hover | None:
        return _hover(ls, params)

    @feature(server, lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: GameServer, params: lsp.DefinitionParams) -> lsp.Location | None:
        return _definition(ls, params)

    @feature(server, lsp.TEXT_DOCUMENT_REFERENCES)
    def references(ls: GameServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
        symbol = _symbol_at(ls, params)
        if symbol is None:
            return []
        uri = params.text_document.uri
        found = ls.document(uri).occurrences.of(symbol)
        return [ls.location(uri, o.span) for o in found if params.context.include_declaration or not o.declares]

    @feature(server, lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(ls: GameServer, params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
        symbol = _symbol_at(ls, params)
        if symbol is None:
            return []
        document = ls.document(params.text_document.uri)
        places = [o.span for o in document.occurrences.of(symbol) if o.span.source is document.source]
        return [lsp.DocumentHighlight(ls.positions(document.source).range(span)) for span in places]

    @feature(server, lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", ":"]))
    def completion(ls: GameServer, params: lsp.CompletionParams) -> lsp.CompletionList:
        return _completion(ls, params)

    @feature(server, lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(ls: GameServer, params: lsp.DocumentSymbolParams) -> Sequence[lsp.DocumentSymbol]:
        document = ls.document(params.text_document.uri)
        return [] if document.tree is None else outline(document.tree, ls.positions(document.source))

    @feature(server, lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
    def actions(ls: GameServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        checked = ls.checked.get(uri)
        if checked is None:
            return []
        source = ls.document(uri).source
        return quick_fixes(checked.diagnostics, uri, source, params.range, ls.locate(uri), ls.encoding)

    @feature(server, lsp.TEXT_DOCUMENT_FORMATTING)
    def formatting(ls: GameServer, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
        source = ls.document(params.text_document.uri).source
        try:
            text = format_text(source.text, source.path)
        except DiagnosticError:  # shown as the text's diagnostics
            return None
        return [lsp.TextEdit(ls.positions(source).whole(), text)] if text != source.text else []


def _offset(ls: GameServer, params: _AtPosition) -> tuple[Document, int]:
    document = ls.document(params.text_document.uri)
    return document, ls.positions(document.source).offset(params.position)


def _symbol_at(ls: GameServer, params: _AtPosition) -> Symbol | None:
    document, offset = _offset(ls, params)
    occurrence = document.occurrence_at(offset)
    return None if occurrence is None else occurrence.symbol


def _hover(ls: GameServer, params: lsp.HoverParams) -> lsp.Hover | None:
    document, offset = _offset(ls, params)
    occurrence = document.occurrence_at(offset)
    if occurrence is not None:
        text: str | None = hover_text(occurrence.symbol, document.names, ls.facts.get(params.text_document.uri, {}))
        span = occurrence.span
    else:
        token = document.token_at(offset)
        if token is None:
            return None
        text, span = word_text(token.text), Span(document.source, token.start, token.end)
    if not text:
        return None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text), ls.positions(document.source).range(span))


def _definition(ls: GameServer, params: lsp.DefinitionParams) -> lsp.Location | None:
    document, offset = _offset(ls, params)
    occurrence = document.occurrence_at(offset)
    if occurrence is not None and occurrence.symbol.span is not None:
        return ls.location(params.text_document.uri, occurrence.symbol.span)
    return _named_file(params.text_document.uri, document, offset)


def _named_file(uri: str, document: Document, offset: int) -> lsp.Location | None:
    """The beginning of the file whose name is quoted at the offset."""
    token = document.token_at(offset)
    model = path_of(uri)
    if token is None or token.kind != "STRING" or model is None:
        return None
    if document.place(token.start).before() not in ("FROM", "IMPORT"):
        return None
    path = Path(model.parent, token.text[1:-1])
    start = lsp.Position(0, 0)
    return lsp.Location(uri_of(path), lsp.Range(start, start)) if path.is_file() else None


def _completion(ls: GameServer, params: lsp.CompletionParams) -> lsp.CompletionList:
    document, offset = _offset(ls, params)
    positions = ls.positions(document.source)
    place = lsp.Range(positions.position(word_start(document, offset)), params.position)
    return lsp.CompletionList(False, [_item(p, place) for p in proposals(document, offset)])


def _item(proposal: Proposal, place: lsp.Range) -> lsp.CompletionItem:
    return lsp.CompletionItem(
        label=proposal.text,
        kind=ITEM_KINDS[proposal.kind],
        detail=proposal.detail or None,
        documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, proposal.doc) if proposal.doc else None,
        sort_text=f"{proposal.rank}{proposal.text}",
        text_edit=lsp.TextEdit(place, proposal.text),
    )
