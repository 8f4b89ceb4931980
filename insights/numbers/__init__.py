"""Numbers that survive a hostile question: reach, rates, movers, alerts, cost, priority, proof."""
