# Each target does its own set-up: on a fresh Debian 12 or 13 nothing but git and make has to be there.
.DEFAULT_GOAL := help
.PHONY: help run build test check soak bench format clean

ORDERS := examples/order_processor/orders

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run:  ## install what is needed, build, and run the order processor on its 10,000 orders
	@tools/setup.sh run
	@tools/build.sh $(ORDERS)
	build/release/$(ORDERS) run OrderProcessor --config examples/order_processor/orders.yaml

build:  ## install what is needed and build into build/release
	@tools/setup.sh run
	@tools/build.sh

test:  ## install what is needed, build, and run all tests but the long ones
	@tools/setup.sh test
	@tools/build.sh --with-tests
	@tools/test.sh

check:  ## format, tidy of changed files, arrows, budgets, sanitizer runs, the build without telemetry
	@tools/setup.sh test
	@tools/check.sh

soak:  ## what takes long: long tests, tidy and clang over the whole tree, the Collector, fresh machines
	@tools/setup.sh test
	@tools/soak.sh

bench:  ## the latency of the calls beside their peers, and the throughput, a JSON object a line
	@tools/setup.sh test
	@tools/bench.sh

format:  ## put all C++ files into the house's form
	@tools/setup.sh test
	@tools/format.sh --write

clean:  ## remove all that was built
	rm -rf build
