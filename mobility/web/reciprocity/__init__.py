"""The reciprocity report: is the exchange balanced, in people, days, money, places and service?"""
