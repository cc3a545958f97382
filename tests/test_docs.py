"""The documents say what the code does: each promise that a document makes is compared with the code, or run."""

import ast
import inspect
import re
import shutil
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_reference import FILE as COMMANDS
from command_reference import commands, options, reference
from newcomer import Terminal, as_shown, squeezed, steps

import feedsvc
from feedsvc import decide, errors, logs
from feedsvc.config import load, values
from feedsvc.model import Article, FeedIdentity, Harvest, Listing, Reading, SourceName
from feedsvc.service import Service, utc_now
from feedsvc.store import Store

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CODE = ROOT / "feedsvc"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [body for marked, body in FENCED.findall(page.read_text("utf-8")) if marked == language]


def first_cells(page: str) -> set[str]:
    """Return everything in code quotes in the first column of the page's tables."""
    rows = (line for line in page.splitlines() if line.startswith("|"))
    return {code for row in rows for code in re.findall(r"`([^`]+)`", row.split("|")[1])}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(CODE.rglob("*.py")):
        yield file, ast.parse(file.read_text("utf-8"))


# --- the documents among themselves -----------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings have (the rule of common forges: words joined by hyphens)."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def linked_from(page: Path) -> set[Path]:
    return {(page.parent / link.partition("#")[0]).resolve() for link in LINK.findall(page.read_text("utf-8"))}


def test_every_document_is_in_the_index() -> None:
    assert set(DOCS.glob("*.md")) - {DOCS / "README.md"} <= linked_from(DOCS / "README.md")
    assert set((DOCS / "adr").glob("*.md")) - {DOCS / "adr" / "README.md"} <= linked_from(DOCS / "adr" / "README.md")


def test_every_decision_has_its_number_and_its_parts() -> None:
    for page in sorted((DOCS / "adr").glob("[0-9]*.md")):
        written = page.read_text("utf-8")
        assert written.startswith(f"# {int(page.name[:4])}. "), page.name
        for part in ("\nStatus: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n"):
            assert part in written, (page.name, part)


def test_the_changelog_has_the_current_version() -> None:
    assert PROJECT["project"]["version"] == feedsvc.__version__
    [newest, *_] = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest == feedsvc.__version__


# --- the documents and the code ---------------------------------------------------------------------------------------


def test_the_command_reference_is_the_one_that_the_commands_give() -> None:
    """When it is not: ``.venv/bin/python tests/command_reference.py``."""
    assert COMMANDS.read_text("utf-8") == reference()


def test_every_command_and_option_says_what_it_does() -> None:
    for context in commands():
        assert context.command.help, context.command_path
        for option in options(context.command):
            assert option.help, (context.command_path, option.name)


def test_every_command_that_a_document_names_is_there() -> None:
    known = {context.command_path for context in commands()} | {"feedsvc articles", "feedsvc tokens"}
    for page in PAGES:
        for named in re.findall(r"`feedsvc ((?:articles |tokens )?[a-z]+)", page.read_text("utf-8")):
            assert f"feedsvc {named}" in known, (page.name, named)


def test_every_setting_is_documented_under_its_table() -> None:
    sections = dict(
        re.findall(r"^## `\[+(\w+)\]+`\n(.*?)(?=^## |\Z)", text("configuration.md"), re.MULTILINE | re.DOTALL)
    )
    names = {"Site", "Store", "Server", "Outbound", "Alerts", "Admin", "Hub", "Source", "Feed"}
    tables = {name: model for name, model in vars(values).items() if name in names}
    written = {name: first_cells(sections[name]) for name in sections}
    assert written == {
        "site": set(tables["Site"].model_fields),
        "store": set(tables["Store"].model_fields),
        "server": set(tables["Server"].model_fields),
        "outbound": set(tables["Outbound"].model_fields),
        "hub": set(tables["Hub"].model_fields),
        "alerts": set(tables["Alerts"].model_fields),
        "admin": set(tables["Admin"].model_fields),
        "redirects": set(),  # its keys are addresses
        "sources": set(tables["Source"].model_fields),
        "feeds": set(tables["Feed"].model_fields),
    }


def error_classes(root: type[errors.FeedsvcError] = errors.FeedsvcError) -> Iterator[type[errors.FeedsvcError]]:
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)


def test_the_tree_in_the_errors_module_is_the_tree_of_classes() -> None:
    drawn: dict[str, tuple[str, str | None]] = {}
    above: list[str] = []
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]
        branch = re.fullmatch(r"    ([│├└─ ]*)(\w+Error|[A-Z]\w+)(?: +([a-z_]+) {2,}\S.*)?", line)
        if branch and (branch[1] or branch[2] == "FeedsvcError"):
            depth = len(branch[1]) // 4
            del above[depth:]
            drawn[branch[2]] = (above[-1] if above else "Exception", branch[3])
            above.append(branch[2])
    true = {each.__name__: (each.__base__.__name__, each.code) for each in error_classes() if each.__base__}
    assert {name: parent for name, (parent, _) in drawn.items()} == {name: parent for name, (parent, _) in true.items()}
    coded = {name: code for name, (_, code) in drawn.items() if code}
    assert coded == {name: true[name][1] for name in coded}
    families = {each.__name__ for each in error_classes() if each.__subclasses__()}
    assert set(drawn) - set(coded) <= families


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [each.code for each in error_classes()]
    assert len(codes) == len(set(codes))


def run_codes() -> set[str]:
    """Return the codes that no exception has: what stands against a page, and what the code names literally."""
    listed = tuple(feedsvc.model.ArticleId(str(number)) for number in range(20))
    reading = Reading(SourceName("s"), "page.txt", "", 0, 0, utc_now(), listed=listed)
    complaint = feedsvc.model.Complaint("page.txt", "is no page")
    standing = {
        found[0]
        for listing in Listing
        for previous in (None, reading)
        for complaints in ((), (complaint,))
        if (found := decide.standing_code(Harvest(listing=listing, complaints=complaints), previous))
    }
    article = feedsvc.model.Article(
        id=listed[0], guid="g", source=SourceName("s"), title="t", slug="t", published=utc_now(), first_seen=utc_now(),
        updated=utc_now(), stated=utc_now(),
    )  # fmt: skip
    undated = feedsvc.model.Change(feedsvc.model.Verdict.UNCHANGED, feedsvc.model.Entry("t"), article, article)
    harvest = Harvest(entries=(undated.entry,) * 3, listing=Listing.PRESENT)
    standing |= {found[0] for found in [decide.standing_code(harvest, None, [undated] * 3)] if found}
    literal = {
        keyword.value.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
    return standing | literal


def test_every_error_code_is_documented_with_its_class() -> None:
    page = text("errors.md")
    raised, _, of_runs = page.partition("## Codes of Runs")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (\d) \| (.+?) \| ", raised, re.MULTILINE)
    assert {(code, name) for code, name, _, _ in rows} == {(each.code, each.__name__) for each in error_classes()}
    raised_codes = {each.code for each in error_classes()}
    assert first_cells(of_runs) == run_codes() - raised_codes


def test_the_exit_codes_of_errors_are_the_documented_ones() -> None:
    from feedsvc import cli

    tried = next(node for node in ast.walk(ast.parse(inspect.getsource(cli.main))) if isinstance(node, ast.Try))
    [wrong_usage] = [
        {name.id for name in ast.walk(handler.type) if isinstance(name, ast.Name)}
        for handler in tried.handlers
        if handler.type and "2)" in ast.unparse(handler)
    ]
    documented = re.findall(r"^\| `\w+` \| `(\w+)` \| 2 \|", text("errors.md"), re.MULTILINE)
    assert set(documented) == wrong_usage


def logged_events() -> set[str]:
    """Return every event that is logged where an admin sees it: from INFO up."""
    return {
        argument.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"info", "warning", "error", "exception", "critical", "log"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "_log"}
        for argument in node.args[:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_log_event_is_documented() -> None:
    section = text("operations.md").partition("### Logs")[2].partition("\n## ")[0]
    assert first_cells(section) == logged_events()
    assert inspect.getdoc(logs)


def test_every_dependency_has_its_reason() -> None:
    needed = {re.split(r"[^\w-]", each)[0] for each in PROJECT["project"]["dependencies"]}
    page = text("adr/0003-dependencies.md")
    rows = set(re.findall(r"^\| ([a-z][\w-]*) \|", page, re.MULTILINE)) - {"dependency"}
    assert rows == needed
    for group in PROJECT["dependency-groups"].values():
        for each in group:
            assert re.split(r"[^\w-]", each)[0] in page


def test_the_glossary_has_the_words_and_the_code_does_not_call_them_otherwise() -> None:
    page = text("glossary.md")
    rows = re.findall(r"^\| \*\*([\w ]+)\*\* \| .+? \| (.+) \|$", page.partition("## Words beside")[0], re.MULTILINE)
    assert [word for word, _ in rows] == [
        *("Source", "Snapshot", "Entry", "Complaint", "Harvest", "Change", "Article", "Feed", "Document", "Run"),
        *("Subscription", "Delivery"),
    ]
    avoided = {word.strip().replace(" ", "").lower() for _, words in rows for word in words.split(",")}
    elsewhere = {
        word.lower()
        for word in re.findall(r"^\| \*\*(\w+)\*\* \| ", page.partition("## Words beside")[2], re.MULTILINE)
    }
    borrowed = set(re.findall(r"`([A-Z]\w+)`", page.partition("## Borrowed words")[2]))
    classes = {node.name for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    assert {name for name in classes if name.lower() in avoided - elsewhere} == borrowed


def test_every_room_is_described_and_the_law_is_the_one_that_is_enforced() -> None:
    page = text("architecture.md")
    [layers] = [each["layers"] for each in PROJECT["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    assert "\n".join(layers) in page
    rooms = {name for layer in layers for name in layer.split(" | ")} - {"__main__"}
    assert first_cells(page.partition("## Rooms")[2].partition("## The law")[0]) >= rooms
    assert {
        file.stem for file in CODE.iterdir() if file.suffix == ".py" or (file / "__init__.py").exists()
    } == rooms | {*("__init__", "__main__")}


def test_every_module_says_what_it_knows() -> None:
    bare = [
        str(file.relative_to(ROOT))
        for file, tree in modules()
        if tree.body and len((ast.get_docstring(tree) or "").split()) < 4
    ]
    assert bare == []


def test_every_room_says_what_it_knows_or_hides() -> None:
    silent = [
        file.stem if file.suffix else file.name
        for file in sorted(CODE.iterdir())
        if (module := file if file.suffix == ".py" else file / "__init__.py").exists()
        and module.stem != "__main__"
        and file.name != "__init__.py"
        and not re.search(
            r"\b(knows?|hides?)\b", (ast.get_docstring(ast.parse(module.read_text("utf-8"))) or "").lower()
        )
    ]
    assert silent == []


# --- what the documents show ------------------------------------------------------------------------------------------


def test_the_configuration_in_the_readme_is_ten_good_lines(tmp_path: Path) -> None:
    [shown] = blocks(ROOT / "README.md", "toml")
    assert len(shown.splitlines()) == 10
    file = tmp_path / "config.toml"
    file.write_text(shown, "utf-8")
    assert load(file, {}).source("front-page").kind == "page-text"


def test_every_part_of_a_configuration_that_is_shown_is_good(tmp_path: Path) -> None:
    site = '[site]\ntitle = "Shown"\nbase_url = "https://news.example.org"\n'
    for page in DOCS.rglob("*.md"):
        for number, shown in enumerate(blocks(page, "toml")):
            file = tmp_path / f"{page.stem}-{number}.toml"
            file.write_text(shown if "[site]" in shown else site + shown, "utf-8")
            load(
                file,
                {"FEEDSVC_STORE": "postgresql://feedsvc@db.example.org/feedsvc", "FEEDSVC_ADMIN": "a long password"},
            )


def test_the_export_that_is_shown_can_be_imported_and_comes_out_the_same(tmp_path: Path) -> None:
    [shown] = blocks(DOCS / "export.md", "json")
    (tmp_path / "config.toml").write_text(blocks(ROOT / "README.md", "toml")[0], "utf-8")
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    try:
        service = Service(load(tmp_path / "config.toml", {}), store)
        service.migrate()
        file = tmp_path / "shown.jsonl"
        file.write_text(shown, "utf-8")
        with file.open(encoding="utf-8") as lines:
            assert service.desk.load(lines, name="shown").new == 1
        assert list(service.desk.export()) == shown.splitlines()
    finally:
        store.close()


def test_every_field_of_an_export_is_documented() -> None:
    assert first_cells(text("export.md")) == set(Article.__dataclass_fields__) - {"arrival", "changed"}
    for name in FeedIdentity.__dataclass_fields__:
        assert f"`{name}`" in text("export.md")


# --- the tutorial, run ------------------------------------------------------------------------------------------------

_FOLLOWS_S = 10.0  # what is served follows a change within half a second, and a changed configuration within two
_WORKERS_AGREE_S = 0.4  # one worker may still hand out what another has just replaced: each looks every 100 ms


@pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="the tutorial uses bash and curl; one is missing here"
)
def test_the_tutorial_works_as_it_stands(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    try:
        for command, shown in steps(blocks(DOCS / "tutorial.md", "console")):
            expected = as_shown(shown)
            if command.startswith("feedsvc serve"):
                printed = terminal.start(command, len(shown))
            else:
                printed = terminal.run(command)
                deadline = time.monotonic() + _FOLLOWS_S
                while (
                    command.startswith("curl ")
                    and not expected.fullmatch(squeezed(printed))
                    and time.monotonic() < deadline
                ):
                    printed = terminal.run(command)
                    time.sleep(_WORKERS_AGREE_S)
            assert expected.fullmatch(squeezed(printed)), f"$ {command}\n{printed}\nis not\n" + "\n".join(shown)
    finally:
        codes = terminal.close()
    assert codes == [0]
