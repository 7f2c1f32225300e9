"""What is wrong with a treaty file, and where: collected while reading, never one at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One fault: the file's name, the place in it (`provision V05 version 2`) and what is wrong there."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.message) if part)


class TreatyFilesRefused(Exception):
    """At least one treaty file is wrong; nothing of the run may be used. `problems` lists every fault."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Problems:
    """The faults found so far in one file; readers note them and go on."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def note(self, place: str, message: str) -> None:
        self.found.append(Problem(file=self.file, place=place, message=message))
