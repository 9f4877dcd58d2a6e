"""Something for the dummy to import."""


class Greeting:
    """A class with a property, a method and a comparison."""

    def __init__(self, name, numbers):
        self.name = name
        self.numbers = numbers

    @property
    def total(self):
        return sum(number * 2 for number in self.numbers)

    def text(self):
        return "Hello, {}: {:.2f}".format(self.name.title(), self.total)

    def __eq__(self, other):
        return isinstance(other, Greeting) and (self.name, self.numbers) == (other.name, other.numbers)


def words(text):
    for number, word in enumerate(text.split()):
        yield {"word": word, "number": number}
