"""Templates: what the language means, what it refuses, and that nothing reaches beyond it."""

import gc
import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.behaviours.templates import (
    MAX_OUTPUT,
    Member,
    Provided,
    TemplateError,
    json_text,
    render,
)

PERSON = Provided({
    "getText": Member(0, lambda: "a text"),
    "isOld": Member(0, lambda: True),
    "nothing": Member(0, lambda: None),
    "twice": Member(1, lambda value: f"{value}{value}"),
})  # fmt: skip
KEYED = Provided({"get": Member(1, lambda key: {"x": 1}.get(key, ""))})
VARIABLES = {
    "name": "Ada",
    "empty": "",
    "null": None,
    "n": 3,
    "real": 1.5,
    "yes": True,
    "no": False,
    "list": ["a", "b", "c"],
    "none": [],
    "map": {"k": "v", "inner": {"k": 2}, "list": [1, None]},
    "person": PERSON,
    "people": [PERSON, PERSON],
    "keyed": KEYED,
}


def shown(template: str, **more) -> str:
    return render(template, VARIABLES | more)


def refusal(template: str, **more) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        shown(template, **more)
    return caught.value


RULES = {
    "text is itself": [
        ("", ""),
        ("a\nb $5 # 1 100% {x} ${} $ \\ #hash #1", "a\nb $5 # 1 100% {x} ${} $ \\ #hash #1"),
    ],
    "references in three forms": [
        ("$name ${name} $!name $!{name}", "Ada Ada Ada Ada"),
        ("${name}x $name.", "Adax Ada."),
        ("$name-$n", "Ada-3"),
        ("$n $real $yes $no", "3 1.5 true false"),
        ("$list $map", '["a", "b", "c"] {"k": "v", "inner": {"k": 2}, "list": [1, null]}'),
    ],
    "what is unknown or null stays as it is written": [
        ("$u ${u} $null $u.x.y() $u[0]", "$u ${u} $null $u.x.y() $u[0]"),
        ("$name.foo $name.foo() $person.getText(1)", "$name.foo $name.foo() $person.getText(1)"),
        ("$list[9] $list['a'] $n[0]", "$list[9] $list['a'] $n[0]"),
        ("$person $people[0] $person.nothing()", "$person $people[0] $person.nothing()"),
        ("$foreach.index", "$foreach.index"),
    ],
    "unless it is quiet": [("<$!u$!{u}$!null$!person.nothing()>", "<>"), ("$!empty", "")],
    "members": [
        ("$person.getText() $person.text ${person.text}", "a text a text a text"),
        ("$person.old $person.twice('x')", "true xx"),
        ("$person.twice($name) $person.twice($person.twice(1))", "AdaAda 1111"),
        ("$map.k $map.get('k') $map['k'] $map.inner.k $map.u", "v v v 2 $map.u"),
        ("$map.containsKey('k') $map.size() $map.isEmpty()", "true 3 false"),
        ("$keyed.get('x') $keyed.x <$keyed.get('y')>", "1 1 <>"),
        ("$list[0] $list.get(1) $list[-1] $list.size() $list.isEmpty()", "a b c 3 false"),
        ("$list[$n] $list[$foreach.index]", "$list[$n] $list[$foreach.index]"),
        ("$name.length() $name.isEmpty()", "3 false"),
    ],
    "Python is out of reach": [
        (text, text)
        for text in (
            "$name.__class__",
            "$name.upper()",
            "$name.format('x')",
            "$list.append(1)",
            "$map.keys()",
            "$map.__class__",
            "$person.__class__.__mro__",
            "$person.members",
            "$person.getText.__globals__",
            "$person.getText().__class__",
            "$list.__len__()",
        )
    ],
    "conditions": [
        ("#if($yes)A#end", "A"),
        ("#if ($no) A #elseif ($yes) B #else C #end", " B "),
        ("#if($no)A#{else}B#{end}C", "BC"),
        ("#if($u)A#{else}B#end", "B"),
        ("#if($empty || $none || 0 || $null)A#{else}B#end", "B"),
        ("#if($name && $list && $n && $person && $map)A#end", "A"),
        ("#if(!$no && not $u)A#end", "A"),
        ("#if($yes and ($no or $yes))A#end", "A"),
        ("#if($yes || $no && $no)A#end", "A"),
    ],
    "comparisons": [
        ("#if($n == 3 && $n == 3.0 && $n != 4)A#end", "A"),
        ("#if($n > 2 && $n >= 3 && $n < 4 && $n <= 3)A#end", "A"),
        ("#if($n gt 2 && $n ge 3 && $n lt 4 && $n le 3 && $n eq 3 && $n ne 4)A#end", "A"),
        ("#if($name == 'Ada' && $name < \"B\")A#end", "A"),
        ("#if($name == 3 || $name < 3 || $u < 1 || $yes == 1)A#{else}B#end", "B"),
        ("#if($u == $null && $u == null)A#end", "A"),
        ("#if($list == $list)A#end", "A"),
    ],
    "assignments and arithmetic": [
        ("#set($x = 1 + 2 * 3)$x", "7"),
        ("#set ( $x = (1 + 2) * 3 - -1 )$x", "10"),
        ("#set($x = 7 / 2)$x #set($x = -7 / 2)$x #set($x = -7 % 3)$x", "3 -3 -1"),
        ("#set($x = 7 / 2.0)$x #set($x = 7.5 % 2)$x", "3.5 1.5"),
        ("#set($x = 1 / 0)$x#set($x = $name * 2)$x", "$x$x"),
        ("#set($x = 9223372036854775807 + 1)$x", TemplateError),
        ("#set($x = 'a' + 1 + $name)$x", "a1Ada"),
        ("#set($x = $n == 3)$x", "true"),
        ("#set(${x} = 'it''s $name')$x", "it's $name"),
        ('#set($x = "$name has ${n} ""things"" $u")$x', 'Ada has 3 "things" $u'),
        ("#set($name = $u)$name", "$name"),
    ],
    "loops": [
        ("#foreach($x in $list)$x#end", "abc"),
        ("#foreach ( $x in $list )$foreach.index$foreach.count#if($foreach.hasNext),#end#end", "01,12,23"),
        ("#foreach($x in $list)#if($foreach.first)<#end$x#if($foreach.last)>#end#end", "<abc>"),
        ("#foreach(${x} in $list)$list[$foreach.index]#end", "abc"),
        ("#foreach($x in $map.list)$x#end", "1$x"),
        ("#foreach($x in $map.inner)$x#end", "2"),
        ("#foreach($x in $u)A#end#foreach($x in $none)A#end#foreach($x in $name)A#end", ""),
        ("#foreach($x in $people)#foreach($y in $list)$foreach.index#end$foreach.index #end", "0120 0121 "),
        ("#foreach($name in $list)$name#end$name$foreach.index", "abcAda$foreach.index"),
        ("#foreach($p in $people)$p.text#set($last = $foreach.count)#end $last", "a texta text 2"),
    ],
    "comments": [
        ("a## b $name #if\nc", "ac"),
        ("## all", ""),
        ("a#* b\n#end *#c", "ac"),
    ],
    "a backslash escapes what is known": [
        ("\\$name \\${name} \\$!name", "$name ${name} $!name"),
        ("\\\\$name \\\\\\$name", "\\Ada \\$name"),
        ("\\$u \\\\$u", "\\$u \\\\$u"),
        ("\\#if($name) \\#end", "#if(Ada) #end"),
        ("\\\\#if($yes)A#end", "\\A"),
        ('"\\n"', '"\\n"'),
    ],
    "a directive alone in its line leaves nothing of it": [
        ("a\n  #if($yes)  \n  b\n  #end\nc", "a\n  b\nc"),
        ("#foreach($x in $list)\n$x\n#end\n", "a\nb\nc\n"),
        ("#set($x = 1)\n#set($y = 2)\n$x$y", "12"),
        ("a #if($yes)\nb#end\nc", "a \nb\nc"),
        ("#if($yes)\r\nb\r\n#end\r\nc", "b\r\nc"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("template", "expected"),
    [pytest.param(*case, id=f"{rule}: {case[0]}") for rule, cases in RULES.items() for case in cases],
)
def test_rule(template, expected):
    if expected is TemplateError:
        refusal(template)
    else:
        assert shown(template) == expected


def test_values_are_escaped_when_asked_and_the_template_is_not():
    told = render('{"a\\n": "$q $l"}', {"q": 'say "hi"\n\\', "l": ["x"]}, escape=json_text)
    assert json.loads(told) == {"a\n": 'say "hi"\n\\ ["x"]'}
    assert render('"$u" $q', {"q": '"'}, escape=json_text) == '"$u" \\"'
    assert render('#set($x = "<$q>")$x', {"q": '"'}, escape=json_text) == '<\\">'


def test_the_variables_of_the_caller_stay_as_they_are():
    variables = {"x": 1}
    assert render("#set($x = 2)#set($y = 3)$x", variables) == "2"
    assert variables == {"x": 1}


def test_what_is_inserted_is_not_read_as_a_template():
    assert shown("$x", x="$name #if(1)") == "$name #if(1)"
    assert shown('#set($y = "$x")$y', x="$name #if(1)") == "$name #if(1)"


REFUSED = [
    ("a #if", 5, "#if is followed by a parenthesis"),
    ("#if($yes", 3, "this '(' is not closed"),
    ("#if($yes)", 0, "this block has no #end"),
    ("a #foreach($x in $list)", 2, "this block has no #end"),
    ("a #end", 2, "this #end closes nothing"),
    ("#else", 0, "this #else belongs to no #if"),
    ("#foreach($x in $list)#else#end", 21, "this #else belongs to no #if"),
    ("#if(1)#else#elseif(1)#end", 11, "this #elseif belongs to no #if"),
    ("#if()#end", 4, "unexpected ')'"),
    ("#if(1 +)#end", 7, "unexpected ')'"),
    ("#if($yes $no)#end", 9, "unexpected '$no'"),
    ("#if(yes)#end", 4, "unexpected 'yes'"),
    ("#if('a)#end", 4, "this string has no closing quote"),
    ("#if((1])#end", 6, "unexpected ']'"),
    ("#foreach($x : $list)#end", 9, "#foreach ($item in $items)"),
    ("#foreach($x.y in $list)#end", 9, "#foreach ($item in $items)"),
    ("#set($x)", 5, "#set ($name = value)"),
    ("#set($x == 1)", 5, "#set ($name = value)"),
    ("#set($x.y = 1)", 5, "#set ($name = value)"),
    ("#set($x = )", 10, "the expression ends too early"),
    ("${name", 1, "this '{' is not closed"),
    ("${name|'x'}", 6, "unexpected '|'"),
    ("$name.foo(", 9, "this '(' is not closed"),
    ("a $list[", 7, "this '[' is not closed"),
    ("$list[]", 6, "unexpected ']'"),
    ("a #* b", 2, "this comment has no *#"),
    ("#include('/etc/passwd')", 0, "#include is not part of the template language here"),
    ("#evaluate($name)", 0, "#evaluate is not part"),
    ("#macro(m)#end", 0, "#macro is not part"),
]


@pytest.mark.parametrize(("template", "position", "message"), REFUSED)
def test_a_refusal_says_what_and_where(template, position, message):
    error = refusal(template)
    assert message in error.message
    assert error.position == position
    assert str(error) == f"{error.message} (at character {position})"


BUDGETS = {
    "more than 100000 steps": ["#foreach($x in $big)#foreach($x in $big)#end#end"],
    "gives more than 1000000 characters": [
        "#foreach($x in $big)$long#end",
        "#foreach($x in $big)" + "y" * 100 + "#end",
    ],
    "has more than 1000000 characters": [
        "#set($s = 'ab')#foreach($x in $big)#set($s = $s + $s)#end",
        "#set($s = 'ab')#foreach($x in $big)#set($s = \"$s$s\")#end",
    ],
    "levels deep": ["#if(" + "(" * 100 + "1" + ")" * 100 + ")#end", "#if(1)" * 100 + "#end" * 100],
    "too deeply": ["$deep"],
    "references and directives": [
        "$name" * 1001,
        '#set($x = "' + "$n" * 600 + '")#set($x = "-' + "$n" * 600 + '")',
    ],
    "a template has at most": ["a" * 20_001],
    "an expression has at most": ["#if(" + "1 + " * 1000 + "1)#end"],
    "characters together": [("#if(" + "1 + " * 900 + "1)#end") * 3, "$name.size(12345)" * 999],
}  # fmt: skip


def big() -> dict:
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    return {"big": list(range(100_000)), "long": "x" * 300_000, "other": "x" * 300_000, "deep": deep}


@pytest.mark.parametrize(
    ("message", "template"), [(message, one) for message, every in BUDGETS.items() for one in every]
)
def test_a_budget_ends_what_grows(message, template):
    assert message in refusal(template, **big()).message


def test_what_fits_the_budget_is_rendered():
    long = shown("#foreach($x in $list)$long#end", long="x" * 300_000)
    assert len(long) == 900_000 < MAX_OUTPUT


N = 20_000
HOSTILE = [
    "$a" * (N // 2),
    "$a.b" * (N // 4),
    "\\" * N,
    "\\" * (N - 2) + "$a",
    "#" * N,
    "#*" * (N // 2),
    "##\n" * (N // 3),
    "$" * N,
    "${" * (N // 2),
    "${a" * (N // 3),
    "$a[" * (N // 3),
    "$a.b(" * (N // 5),
    "$a." * (N // 3),
    "$a" + ".b" * (N // 2 - 1),
    "$a" + "[0]" * (N // 3 - 1),
    "$a.b('" + "(" * (N - 9) + "')",
    "'" * N,
    " " * N,
    "\n" * N,
    "#if(1)" * (N // 6),
    "#if(" + "(" * (N - 4),
    "#if(" + "1+" * 9990 + "1)#end",
    "#if(" + "!" * (N - 10) + "1)#end",
    "#if(" + "$a||" * 4900 + "1)#end",
    "#if(1)x#end" * (N // 11),
    "#set($a=1)" * (N // 10),
    " #end\n" * (N // 6),
    "#foreach($x in $big)" * 25 + "a" + "#end" * 25,
    "#foreach($x in $big)#set($s=$s+'a')#end",
    "#foreach($x in $big)#if($long==$other)#end#end",
    "#foreach($x in $big)#set($s=\"$long\")#end",
    "#foreach($x in $big)#set($s=\"$big\")#end",
    "#set($n=2)#foreach($x in $big)#set($n=$n*$n)$n#end",
    "#foreach($x in $big)$unknown.with.a.path#end",
    "#set($x=\"" + "$a" * 9000 + "\")",
    "#set($x=\"" + "$a.b(" * 3000 + "\")",
    "\ud800$name\x00",
]  # fmt: skip


@pytest.mark.parametrize("template", HOSTILE, ids=lambda template: ascii(template[:30]))
def test_hostile_templates_are_quick_and_raise_nothing_else(template):
    variables = VARIABLES | big() | {"a": "x"}
    assert len(template) <= N
    render("#if($a.b)#end", {})
    assert seconds(lambda: rendered(template, variables)) < 5


def seconds(act: Callable[[], object]) -> float:
    """The processor time of a call, without the garbage of the other tests being collected meanwhile."""
    gc.disable()
    began = time.process_time()
    try:
        act()
        return time.process_time() - began
    finally:
        gc.enable()


def rendered(template: str, variables) -> str | None:
    """The text, or None when the template was refused with a position in it."""
    error = None
    try:
        return render(template, variables, escape=json_text)
    except TemplateError as caught:
        error = caught
    assert 0 <= error.position <= len(template)
    return None


PIECES = st.sampled_from([
    "$name", "${n}", "$!u", "$list[0]", "$map.k", "$person.text", "$name.x(", "#if(", "#if($yes)", "#else",
    "#elseif($no)", "#end", "#foreach($x in $list)", "#set($x = ", "1", "+", ")", "'", '"', "\\", "\n", " ",
    "##", "#*", "*#", "$foreach.index", "${", "}", "[", "]", "&&", "<", "a",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40)))
def test_any_text_is_rendered_or_refused_with_a_position(template):
    rendered(template, VARIABLES)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="$#\\")))
def test_text_without_marks_is_itself(text):
    assert render(text, {}) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@settings(deadline=None)
@given(JSON, JSON)
def test_any_value_leaves_json_valid(x, y):
    template = (
        '["$x","$!y","$x.get($y)","$x[$y]#if($x < $y)$y.k#end#set($z = $x + $y)$!z#foreach($i in $x)$!i#end"]'
    )
    told = rendered(template, {"x": x, "y": y})
    assert told is not None
    assert len(json.loads(told)) == 4
