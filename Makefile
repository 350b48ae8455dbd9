# The entry points a newcomer needs.
.PHONY: bench-planner

# The planner next to PyVRP, and service days with insertion latencies: the table of docs/FIGURES.md (about ten minutes).
bench-planner:
	cargo build --release -p postsale
	scripts/bench-planner
