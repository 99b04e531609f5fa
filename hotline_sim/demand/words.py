"""Which random word decides what of a contact.

The words of a contact come from Philox in blocks of four. The list is only ever appended to,
so that a new purpose moves no other numbers; what is asked for together shares a block.
"""

from __future__ import annotations

from enum import IntEnum

BLOCK_WORDS = 4


class Word(IntEnum):
    """The place of each purpose's word among a contact's words."""

    TALK = 0
    WRAP_UP = 1
    PATIENCE = 2
    NEXT = 3  # the row of the transition table

    MOOD = 4  # satisfied if below the probability of it
    RATING = 5  # rates if below the probability of it
    ORDER = 6  # how long the department takes
    DELAY = 7  # until the contact that follows

    ENTRY = 8  # writing the order down
    SELF_SERVICE = 9  # served by the menu or bot
    LEAVES_AT_ONCE = 10  # on hearing of a queue
    SILENT = 11  # leaves a chat without a word

    REACHED = 12  # takes the centre's call
    GREETING = 13  # how long ringing, menu and announcement last
    LEAVES_IN_GREETING = 14  # hangs up before they are over
    LEAVES_WHEN = 15  # after which part of them


BLOCKS = -(-len(Word) // BLOCK_WORDS)
EXPONENT, HALF, DISCARDED = 2.0**-52, 0.5, 12  # a word's upper 52 bits, and a half, become a number
