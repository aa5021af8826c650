"""Twenty series of four or more movies with ten ratings or more in ml-latest-small-2016, chosen before measuring."""

from __future__ import annotations

import re

SERIES = {
    "James Bond": "Dr. No|From Russia with Love|Goldfinger|Thunderball|You Only Live Twice"
    "|On Her Majesty's Secret Service|Diamonds Are Forever|Live and Let Die|Man with the Golden Gun, The"
    "|Spy Who Loved Me, The|Moonraker"
    "|For Your Eyes Only|View to a Kill, A|Licence to Kill|GoldenEye|Tomorrow Never Dies|World Is Not Enough, The"
    "|Die Another Day|Casino Royale|Quantum of Solace|Skyfall",
    "Star Trek": "Star Trek.*",
    "Star Wars": "Star Wars: Episode.*",
    "Harry Potter": "Harry Potter and.*",
    "Alien": "Alien|Aliens|Alien³.*|Alien: Resurrection",
    "Rocky": "Rocky( I+V?| V)?",
    "Middle-earth": "Lord of the Rings: .*|(The )?Hobbit: .*",
    "Indiana Jones": "Raiders of the Lost Ark.*|Indiana Jones and.*",
    "Die Hard": "Die Hard.*|Live Free or Die Hard",
    "Lethal Weapon": "Lethal Weapon.*",
    "Batman": "Batman|Batman (Forever|Returns|Begins|& Robin)|Dark Knight.*",
    "X-Men": "X-Men.*|X2: X-Men United",
    "Terminator": "Terminator.*",
    "Police Academy": "Police Academy.*",
    "Superman": "Superman.*",
    "Spider-Man": "Spider-Man.*|Amazing Spider-Man, The",
    "Pirates of the Caribbean": "Pirates of the Caribbean.*",
    "Planet of the Apes": ".*Planet of the Apes",
    "Mad Max": "Mad Max.*|Road Warrior, The.*",
    "Karate Kid": ".*Karate Kid.*",
}
"""Titles without their year, as regular expressions."""

MIN_RATINGS = 10


def series_codes(titles, counts):
    """Item codes of each series' movies with ten ratings or more."""
    plain = [re.sub(r" \(\d{4}\)$", "", title.strip()) for title in titles]
    return {
        name: [code for code, title in enumerate(plain) if counts[code] >= MIN_RATINGS and re.fullmatch(pattern, title)]
        for name, pattern in SERIES.items()
    }


def retrieval(series, nearest, k=20):
    """Mean over series of the mean over their movies: which part of the rest of the series is among the `k` nearest."""
    means = []
    for codes in series.values():
        parts = [len(set(nearest(code, k)) & (set(codes) - {code})) / min(k, len(codes) - 1) for code in codes]
        means.append(sum(parts) / len(parts))
    return sum(means) / len(means)
