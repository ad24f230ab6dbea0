"""A second, plain and slow reading of the metadata filter dialect, to check the fast one against."""

WORDS = {"and", "or", "not", "in", "is", "null", "true", "false"}
SYMBOLS = ["==", "!=", "<>", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ","]


class SlowError(Exception):
    pass


def tokens(text):
    found, at = [], 0
    while at < len(text):
        if text[at] in " \t\r\n\f\v":
            at += 1
        elif text[at] == "'":
            token, at = read_text(text, at)
            found.append(token)
        elif text[at] in "0123456789":
            token, at = read_number(text, at)
            found.append(token)
        elif text[at].isalpha() or text[at] == "_":
            token, at = read_word(text, at)
            found.append(token)
        else:
            symbol = next((symbol for symbol in SYMBOLS if text.startswith(symbol, at)), None)
            if symbol is None:
                raise SlowError(at)
            found.append(("symbol", symbol))
            at += len(symbol)
    return [*found, ("end", "")]


def read_text(text, at):
    value, at = "", at + 1
    while True:
        if at >= len(text):
            raise SlowError(at)
        if text[at] != "'":
            value, at = value + text[at], at + 1
        elif text[at + 1 : at + 2] == "'":
            value, at = value + "'", at + 2
        else:
            return ("text", value), at + 1


def read_number(text, at):
    start = at
    while at < len(text) and (text[at].isalnum() or text[at] in "_."):
        at += 1
    word = text[start:at]
    whole, point, rest = word.partition(".")
    for digits in [whole, rest] if point else [whole]:
        if not digits or any(digit not in "0123456789" for digit in digits):
            raise SlowError(start)
    if point:
        return ("number", float(word)), at
    if int(whole) > 9223372036854775807:
        raise SlowError(start)
    return ("number", int(whole)), at


def read_word(text, at):
    start = at
    while at < len(text) and (text[at].isalnum() or text[at] == "_"):
        at += 1
    word = text[start:at]
    if word.lower() in WORDS:
        return (word.lower(), word), at
    if word not in ("doc", "part"):
        raise SlowError(start)
    while text[at : at + 1] == "." and (text[at + 1 : at + 2].isalnum() or text[at + 1 : at + 2] == "_"):
        at += 1
        while at < len(text) and (text[at].isalnum() or text[at] == "_"):
            at += 1
    if text[start:at] == word:
        raise SlowError(start)
    return ("ref", text[start:at]), at


class Parser:
    def __init__(self, text):
        self.tokens = tokens(text)

    def sees(self, *kinds):
        return self.tokens[0][0] in kinds

    def sees_symbol(self, *symbols):
        return self.tokens[0][0] == "symbol" and self.tokens[0][1] in symbols

    def next(self):
        return self.tokens.pop(0)

    def need(self, found):
        if not found:
            raise SlowError(self.tokens[0])
        return self.next()

    def whole(self):
        tree = self.disjunction()
        self.need(self.sees("end"))
        return tree

    def disjunction(self):
        tree = self.conjunction()
        while self.sees("or"):
            self.next()
            tree = ("or", tree, self.conjunction())
        return tree

    def conjunction(self):
        tree = self.negation()
        while self.sees("and"):
            self.next()
            tree = ("and", tree, self.negation())
        return tree

    def negation(self):
        if self.sees("not"):
            self.next()
            return ("not", self.negation())
        return self.membership()

    def membership(self):
        tree = self.null_test()
        negated = self.sees("not")
        if negated:
            self.next()
        if not negated and not self.sees("in"):
            return tree
        self.need(self.sees("in"))
        if self.sees("ref"):
            tree = ("in list", tree, ("ref", self.next()[1]))
        else:
            self.need(self.sees_symbol("("))
            items = [self.disjunction()]
            while self.sees_symbol(","):
                self.next()
                items.append(self.disjunction())
            self.need(self.sees_symbol(")"))
            tree = ("in", tree, items)
        return ("not", tree) if negated else tree

    def null_test(self):
        tree = self.binary(0)
        if not self.sees("is"):
            return tree
        self.next()
        if self.sees("not"):
            self.next()
            self.need(self.sees("null"))
            return ("not", ("null", tree))
        self.need(self.sees("null"))
        return ("null", tree)

    LEVELS = (("=", "==", "!=", "<>"), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"))

    def binary(self, level):
        if level == len(self.LEVELS):
            return self.unary()
        tree = self.binary(level + 1)
        while self.sees_symbol(*self.LEVELS[level]):
            symbol = self.next()[1]
            tree = (symbol, tree, self.binary(level + 1))
        return tree

    def unary(self):
        if self.sees_symbol("+", "-"):
            return ("sign", self.next()[1], self.unary())
        if self.sees("number", "text"):
            return ("value", self.next()[1])
        if self.sees("true", "false"):
            return ("value", self.next()[0] == "true")
        if self.sees("null"):
            self.next()
            return ("value", None)
        if self.sees("ref"):
            return ("ref", self.next()[1])
        self.need(self.sees_symbol("("))
        tree = self.disjunction()
        self.need(self.sees_symbol(")"))
        return tree


def check(tree, types, condition=True):
    """Every name is declared, and what stands where a condition must stand can be one."""
    head = tree[0]
    if head == "ref" and tree[1] not in types:
        raise SlowError(tree[1])
    if condition:
        is_number = head in ("+", "-", "*", "/", "%", "sign")
        is_value = head == "value" and not (tree[1] is None or tree[1] is True or tree[1] is False)
        if is_number or is_value or (head == "ref" and types[tree[1]] != "boolean"):
            raise SlowError(tree)
    for child in tree[1:]:
        if isinstance(child, tuple):
            check(child, types, head in ("and", "or", "not"))
        elif isinstance(child, list):
            for item in child:
                check(item, types, False)


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "null"


def look_up(name, document_id, document, part):
    if name == "doc.id":
        return document_id
    scope, path = name.split(".", 1)
    row = document if scope == "doc" else part
    if path in row:
        return row[path]
    for step in path.split("."):
        if not isinstance(row, dict) or step not in row:
            return None
        row = row[step]
    return row


def value_of(tree, row):
    head = tree[0]
    if head == "value":
        return tree[1]
    if head == "ref":
        return look_up(tree[1], *row)
    if head == "not":
        inner = truth(tree[1], row)
        return {True: False, False: True, None: None}[inner]
    if head == "or":
        return either(truth(tree[1], row), truth(tree[2], row))
    if head == "and":
        sides = {truth(tree[1], row), truth(tree[2], row)}
        return False if False in sides else None if None in sides else True
    if head == "null":
        return kind(value_of(tree[1], row)) == "null"
    if head == "sign":
        return compute(tree[1], 0, value_of(tree[2], row))
    left = value_of(tree[1], row)
    if head == "in":
        return within(left, [value_of(item, row) for item in tree[2]])
    if head == "in list":
        return within(left, value_of(tree[2], row))
    right = value_of(tree[2], row)
    if head in ("=", "=="):
        return same(left, right)
    if head in ("!=", "<>"):
        if (kind(left) == "null") != (kind(right) == "null"):
            return True
        return {True: False, False: True, None: None}[same(left, right)]
    if head in ("<", "<=", ">", ">="):
        return ordered(head, left, right)
    return compute(head, left, right)


def truth(tree, row):
    value = value_of(tree, row)
    return value if isinstance(value, bool) else None


def either(one, other):
    if one is True or other is True:
        return True
    return False if one is False and other is False else None


def within(value, items):
    if kind(value) == "null" or kind(items) != "list":
        return None
    answer = False
    for item in items:
        answer = either(answer, same(value, item))
    return answer


def same(left, right):
    if "null" in (kind(left), kind(right)):
        return None
    if "list" in (kind(left), kind(right)):
        return False
    return left == right if kind(left) == kind(right) else None


def ordered(symbol, left, right):
    if kind(left) != kind(right) or kind(left) in ("null", "list"):
        return None
    if symbol == "<":
        return left < right
    if symbol == "<=":
        return left < right or left == right
    return not ordered("<=" if symbol == ">" else "<", left, right)


def compute(symbol, left, right):
    if kind(left) != "number" or kind(right) != "number" or (symbol in ("/", "%") and right == 0):
        return None
    try:
        result = plain(symbol, left, right)
    except OverflowError:
        return None
    if isinstance(result, float):
        return None if result in (float("inf"), float("-inf")) or result != result else result
    return result if -9223372036854775808 <= result <= 9223372036854775807 else None


def plain(symbol, left, right):
    if symbol == "+":
        return left + right
    if symbol == "-":
        return left - right
    if symbol == "*":
        return left * right
    if symbol == "/":
        return left / right
    size = abs(left) % abs(right)
    return -size if left < 0 else size


def slow_filter(text, types):
    """A function of document id, document metadata and part metadata; `types` maps doc.x to its type."""
    tree = Parser(text).whole() if text.strip(" \t\r\n\f\v") else ("value", True)
    check(tree, types)
    return lambda *row: truth(tree, row) is True
