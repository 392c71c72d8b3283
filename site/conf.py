"""Sphinx: the pages of the course, from the folder that tools/build_site.py fills."""

import os
import pathlib
import re

from docutils import nodes

HERE = pathlib.Path(__file__).resolve().parent
WORK = pathlib.Path(os.environ["SITE_WORK"])  # what tools/build_site.py filled
REPOSITORY = os.environ.get("SITE_REPOSITORY", "")  # "owner/name" on GitHub, where it is known

project = "Learning rates you can predict, see and check"
author = "The lrlib authors"
language = "en"
html_title = "Learning rates"
extensions = ["myst_nb"]

nb_execution_mode = "off"  # stored outputs are shown, nothing runs
nb_number_source_lines = False
myst_enable_extensions = ["amsmath", "dollarmath", "attrs_inline"]
myst_heading_anchors = 3
myst_dmath_double_inline = True
myst_links_external_new_tab = False
# [words](repo:data/README.md): a file of the project, on GitHub or as a copy beside the pages
myst_url_schemes = {
    "http": None,
    "https": None,
    "mailto": None,
    "repo": {
        "url": f"https://github.com/{REPOSITORY}/blob/main/{{{{path}}}}"
        if REPOSITORY
        else "files/{{path}}"
    },
}

html_theme = "sphinx_book_theme"
html_static_path = [str(HERE / "static"), str(WORK / "assets")]
html_extra_path = [str(WORK / "extra")]
html_css_files = ["course.css", "live.css"]
html_js_files = [("live.js", {"defer": "defer"}), ("predictions.js", {"defer": "defer"})]
mathjax_path = "mathjax/tex-chtml-full.js"
mathjax3_config = {"options": {"enableMenu": False}}
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
html_favicon = str(HERE / "static" / "icon.svg")
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "home_page_in_toc": False,
    "article_footer_items": [],
    "extra_footer": "",
    "repository_url": f"https://github.com/{REPOSITORY}" if REPOSITORY else "",
    "use_repository_button": bool(REPOSITORY),
}

HEADS = ("symbol", "term", "word")  # of the tables whose rows can be linked


def anchors(app, doctree) -> None:
    """Glossary and symbols of lesson 00: each row has a name, 00_start_here.html#term-gradient."""
    if not app.env.docname.startswith("00_"):
        return
    for table in doctree.findall(nodes.table):
        head, *rows = table.findall(nodes.row)
        if head[0].astext() not in HEADS:
            continue
        for row in rows:
            name = re.sub(r"[^a-z0-9]+", "-", row[0].astext().lower()).strip("-")
            row["ids"].append(f"term-{name}")


FORMULA = r'<span class="math notranslate nohighlight">[^<]*</span>'


def kept_together(app, page, template, context, doctree) -> None:
    """No line begins with the mark that ends a formula."""
    body = context.get("body") or ""
    whole = r'<span class="lr-whole">\g<0></span>'
    context["body"] = re.sub(rf"{FORMULA}[.,;:?!)]+", whole, body)


def setup(app) -> None:
    app.connect("doctree-read", anchors)
    app.connect("html-page-context", kept_together)
