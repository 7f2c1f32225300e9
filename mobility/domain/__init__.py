"""The rules of the product, with the standard library alone: no clock, no files, no database, no sentences.

What each file decides:

- `cases`: where a case stands, the steps between, and the status that follows from its stages
- `clocks`: the state of a legal time limit on a day, replayed from its events; pauses and extensions
- `errors`: what can go wrong in the domain's words
- `events`: the codes of everything that can happen in a case; provisions start on them and are met by them
- `plan`: the order of a programme's stages, and whether a case will be ready on the planned day
- `references`: the number a case is called by, with its check character
- `reminders`: which reminders a clock gets, for whom, on which day, under which key
- `stages`: what may be done in each of the four stages, by whom, with which facts and events
- `stays`: how days in the receiving state are counted, which dates are possible, how they fall into periods
- `turns`: whose turn it is in a case and what comes next
"""
