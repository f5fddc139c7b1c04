"""The inspection of pages finds each fault that it is there to find, and lets a good page through."""

import pytest

from tests.support.inspection import faults

GOOD = (
    '<!doctype html><html lang="nl"><head><title>Ideeën</title>'
    '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/site.css">'
    '<script type="module" src="/static/a.mjs"></script></head>'
    "<body><main><h1>Ideeën</h1>{}</main></body></html>"
)
TOKEN = '<input type="hidden" name="csrf_token" value="t">'

FINE = (
    "",
    '<h2 id="a">A</h2><h3>B</h3><section aria-labelledby="a"><p>Tekst</p></section>',
    '<label for="q">Zoek</label><input id="q" name="q">',
    '<label>Zoek <input name="q"></label>',
    '<img src="/static/x.png" alt="">',
    '<svg aria-hidden="true"><use href="#i"/></svg>',
    '<svg role="img" aria-label="Verdeling"><rect width="1" height="1"/></svg>',
    '<svg role="img" aria-label="Verdeling"><svg x="0"><rect width="1"/></svg></svg>',
    '<span aria-hidden="true"><svg><rect width="1"/></svg></span>',
    f'<form method="post" action="/x">{TOKEN}<button>Stuur</button></form>',
    '<form action="/ideeen"><button aria-label="Zoek"></button></form>',
    "<ul><li>a</li></ul><dl><div><dt>a</dt><dd>b</dd></div></dl>",
    '<table><tr><th scope="col">a</th></tr><tr><td>b</td></tr></table>',
    '<a href="https://elders.example">Elders</a>',
)

FAULTY = {
    '<div style="color:red"></div>': "inline style",
    '<p onclick="x()">a</p>': "inline onclick",
    "<style>p{}</style>": "inline style",
    "<script>x()</script>": "inline script",
    '<script src="/x.js"></script>': "no module",
    '<a href="javascript:x()">a</a>': "a script in an address",
    '<img src="//elders.example/x.png" alt="">': "fetched from elsewhere",
    '<img src="/x.png">': "no alt",
    '<svg><rect width="1"/></svg>': "neither named nor hidden",
    '<input name="q">': "no label",
    '<label for="q"></label><input id="q" name="q">': "no label",
    "<fieldset><label>a <input name=a></label></fieldset>": "no legend",
    '<form method="post"><button>a</button></form>': "0 CSRF fields",
    f"<form>{TOKEN}<button>a</button></form>": "CSRF token in the address",
    '<a href="/x"></a>': "no name",
    "<a>a</a>": "a link to nothing",
    "<button></button>": "no name",
    '<p id="a">a</p><p id="a">b</p>': "stands 2 times",
    '<p aria-describedby="weg">a</p>': "leads nowhere",
    '<a href="#weg">a</a>': "leads nowhere",
    "<h3>a</h3>": "follows a heading of level 1",
    "<h2></h2>": "an empty h2",
    "<h1>Nog een</h1>": "2 h1 elements",
    "<p><div>a</div></p>": "<div> inside",
    '<a href="/x"><button>a</button></a>': "<button> inside",
    "<ul><p>a</p></ul>": "directly inside",
    "<div><span></div></span>": "closes <span>",
    "<section>": "closes <section>",
    "<div/>": "not closed",
    "<table><tr><td>b</td></tr></table>": "without heads",
    "{{ idea.title }}": "left behind",
    "Hallo %(name)s": "left behind",
}


@pytest.mark.parametrize("body", FINE)
def test_a_good_page_has_no_faults(body: str) -> None:
    assert faults(GOOD.replace("{}", body), "nl") == []


@pytest.mark.parametrize(("body", "words"), FAULTY.items())
def test_a_fault_is_found(body: str, words: str) -> None:
    assert any(words in fault for fault in faults(GOOD.replace("{}", body), "nl"))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('lang="nl"', "", "in 'nl'"),
        ("<title>Ideeën</title>", "<title> </title>", "no title"),
        ('<meta name="viewport" content="width=device-width">', "", "no viewport"),
        ("<h1>Ideeën</h1>", "", "0 h1"),
    ],
)
def test_a_page_is_framed(before: str, after: str, words: str) -> None:
    assert any(words in fault for fault in faults(GOOD.replace("{}", "").replace(before, after), "nl"))
