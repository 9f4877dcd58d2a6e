# Kiln's entry points. `make run` and `make test` are all that a newcomer needs.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test doctor bench test-vm fmt build dependencies clean

MVN := mvn -B -ntp -q -Dstyle.color=never

SOURCES := $(shell find pom.xml */pom.xml runtime-images/src/main warm-pool/src/main gateway/src/main -type f 2>/dev/null)
GATEWAY := gateway/target/quarkus-app/quarkus-run.jar

help: ## say what there is to run
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: dependencies build ## install what is missing, build, start Kiln, deploy the example and call it
	@deploy/bin/kiln run

test: dependencies ## run every test, the privileged ones too
	@deploy/bin/test

doctor: dependencies build ## say what this host can enforce and how to mend the rest
	@deploy/bin/kiln doctor

bench: dependencies build ## measure start-up times and print them beside their goals and baselines
	@loadtest/bin/kiln-bench --start $(BENCH_OPTS)

test-vm: dependencies build ## run Kiln in a virtual machine with cgroup v2 alone
	@deploy/vm/run

fmt: ## format the Java sources
	@$(MVN) spotless:apply

dependencies:
	@deploy/bin/dependencies

build: $(GATEWAY)

$(GATEWAY): $(SOURCES)
	@echo "Building Kiln …"
	@$(MVN) package -DskipTests -pl gateway -am
	@touch $@

clean: ## remove what was built; functions and images in KILN_HOME stay
	@$(MVN) clean
