# The entry points a newcomer needs.
.PHONY: demo test web gen portraits lint prove corpus fuzz audit bench bench-peers bench-planner fuzz-planner
.DEFAULT_GOAL := demo

# A service desk with a year behind it, on http://localhost:8080, kept under ./var/demo.
demo: web
	eval "$$(scripts/need build)" && cargo build --locked --release -p postsale
	POSTSALE_LISTEN=$${POSTSALE_LISTEN:-127.0.0.1:8080} POSTSALE_DATA_DIR=$${POSTSALE_DATA_DIR:-var/demo} target/release/postsale demo

# Everything: format, lints, the web application, the whole suite on SQLite and PostgreSQL, the browser. Installs what it needs.
test:
	scripts/everything

# The web application, built into web/dist; the next cargo build carries it inside the binary.
web:
	@if [ -f web/package.json ] && { command -v npm >/dev/null || scripts/need web >/dev/null; }; then \
	  eval "$$(scripts/need web)" && scripts/web install build; \
	else echo "make: the server is built without the web application"; fi

# What is made from code: the API document, the portraits, the TypeScript client.
gen: portraits
	scripts/web install gen

portraits:
	UPDATE_PORTRAITS=1 scripts/with-postgres cargo test --quiet --workspace

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	scripts/web install check

# The night's fault runs with their sabotages, under an hour: writes their section of docs/FIGURES.md and the words of README.md.
# MINUTES=25 for less: every case gets its share. Then every door of the API, and every reader, for a tenth of that time each.
MINUTES ?= 45
prove:
	eval "$$(scripts/need build test)" && cargo build --locked --profile proof -p postsale
	POSTSALE_BIN=target/proof/postsale PROOF_MINUTES=$(MINUTES) proof/prove night
	proof/doors $$(( $(MINUTES) * 6 ))
	$(MAKE) fuzz SECONDS=$$(( $(MINUTES) * 6 ))

# A million bent requests at every door of the API, on fresh worlds: writes its line into docs/FIGURES.md. REQUESTS=100000 for less.
corpus:
	eval "$$(scripts/need build test)" && cargo build --locked --release -p postsale
	POSTSALE_BIN=target/release/postsale proof/corpus $(or $(REQUESTS),1000000) --write

# Every reader of what comes from outside, fed with bent files, for ten minutes. On the stable toolchain: cargo-fuzz needs a nightly one.
fuzz:
	scripts/fuzz $(or $(SECONDS),600)

# Licences, duplicates and the bill of materials of everything that is built in (target/audit). Needs no network.
audit:
	scripts/audit

# Redmine and django-helpdesk with the same 20,000 tickets, in turns: writes its table into docs/FIGURES.md. Installs them; as root.
bench-peers:
	eval "$$(scripts/need build test)" && cargo build --locked --release -p postsale
	proof/peers

# How fast on large databases: writes its tables into docs/FIGURES.md and compares the sizes. TICKETS=200000 for one alone.
bench:
	eval "$$(scripts/need build test)" && cargo build --locked --release -p postsale
	proof/bench $(TICKETS)

# The planner next to PyVRP, VROOM and OR-Tools, and service days with insertion latencies: writes its tables into docs/FIGURES.md
# (about an hour of CPU; QUICK=1 takes under ten minutes).
bench-planner:
	cargo build --release -p postsale
	scripts/bench-planner

# Mutated files against the planner for ten minutes: no panic, no plan that the judge refuses.
fuzz-planner:
	scripts/fuzz-planner
