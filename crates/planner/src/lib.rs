//! The dispatch optimiser: jobs, engineers, costs and nothing else. Standard library only, deterministic by seed.
