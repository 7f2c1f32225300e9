"""Reciprocity: what each side of an exchange gives and takes, measured exactly.

Each file decides one thing and knows nothing of storage, clocks or words:

- `quantities`    exact numbers: whole numbers and fractions, and the share that may be undefined (None)
- `flows`         a table of directed flows, same-country flows kept apart
- `pairs`         the measures of one pair: net, balance, balance index, ratio, exact binomial p
- `programme`     the measures of a whole network: weighted reciprocity r, MEI, country versions, top imbalances
- `concentration` who benefits: HHI, Gini, concentration index by income rank
- `equity`        flows between income groups of the flow's own year, representation and mobility ratios
- `accounting`    heads, days split over periods, accounting years, treaty units
- `quotas`        use of quotas per direction and the carrying over of unused places
- `ledger`        the balance carried from period to period: lots, expiry, cap, tolerance band
- `service`       Wilson intervals, Kaplan–Meier medians, time limits kept
- `money`         payer × beneficiary, dated rates, contribution and benefit shares
- `lamps`         the five lamps and when "one-sided" may be said
- `suppression`   small cells: what a published table hides, and the proof that it stays hidden
- `report`        the above put together for one pair, one country's partners, one matrix

"None" everywhere means undefined; it is never 0 and never NaN. Two signs are in use: *net* and *balance* of A
are in − out (positive: A hosts more), the *ledger* of A is out − in (positive: the partner owes places).
"""
