"""Events and answers are what json.loads and json.dumps make of them."""

import json
import math
import unittest
from decimal import Decimal

from kiln_runtime import codec
from kiln_runtime.errors import Failure

LIMIT = 1 << 20


class CodecTest(unittest.TestCase):
    def test_events_are_read_as_json_loads_reads_them(self):
        for text in ('{"a": [1, 2.5, null]}', ' \n{"a": 1} \t', "3", '"x"', "NaN", b'{"a": 1}'):
            with self.subTest(text):
                self.assertEqual(repr(json.loads(text)), repr(codec.decode(text)))

    def test_what_is_no_event_is_told_as_json_loads_tells_it(self):
        for text in ("", " ", "1 2", "{", '{"a"}', "[1,]", '"\n"', b"\xff"):
            with self.subTest(text), self.assertRaises(Failure) as raised:
                codec.decode(text)
            self.assertEqual("Runtime.UnmarshalError", raised.exception.error_type)
            with self.assertRaises(ValueError) as expected:
                json.loads(text)
            self.assertEqual(f"Unable to unmarshal input: {expected.exception}", raised.exception.message)

    def test_answers_are_written_as_json_dumps_writes_them(self):
        shared = [1]
        for value in ({"a": (1, 2.5, None, True), 3: "é\u2028"}, "text", 7, math.nan, [shared, shared], {}):
            with self.subTest(value):
                self.assertEqual(json.dumps(value), codec.encode(value, LIMIT))

    def test_decimals_are_numbers(self):
        self.assertEqual("[5, 1.25]", codec.encode([Decimal("5"), Decimal("1.25")], LIMIT))

    def test_a_circle_is_an_error_and_leaves_nothing_behind(self):
        circle = []
        circle.append(circle)
        for _ in range(2):
            with self.assertRaises(Failure) as raised:
                codec.encode({"circle": circle}, LIMIT)
            self.assertIn("Circular reference", raised.exception.message)
        circle.clear()
        self.assertEqual('{"circle": []}', codec.encode({"circle": circle}, LIMIT))

    def test_a_class_of_the_functions_own_that_fails_leaves_nothing_behind(self):
        class Failing(dict):
            def items(self):
                raise RuntimeError("mine")

        holder = [Failing(a=1)]
        with self.assertRaises(Failure):
            codec.encode(holder, LIMIT)
        holder[0] = 1
        self.assertEqual("[1]", codec.encode(holder, LIMIT))
