# SPDX-License-Identifier: ISC
#
# make lint          gcc -fanalyzer, clang's analyzer, clang-tidy, cppcheck,
#                    shellcheck; what was found clean is not asked again;
#                    clang's goes deeper than in make check
# make valgrind      unit drivers and corpora under valgrind
# make check-gcc     the tests of unit drivers, and the corpora, with gcc's
#                    sanitizers, which see some of what clang's do not; minutes

lint:
	tests/setup.sh lint
	$(MAKE) $(DEPS_DIR)/asan-clang/key
	LINT_NODES=225000 bats tests/lint.bats

# For lint.sh, as a shell reads it.
lint-flags:
	$(info $(DIALECT) $(WARN) $(call use,asan-clang) \
	    -DSENDLET_VERSION='"0"' $(shell cat $(DEPS_DIR)/asan-clang/versions))
	@:

# -- valgrind -------------------------------------------------------------------

# The host's C library, whose allocator valgrind knows, without sanitizers and
# without what hides variables that nobody has set.
POBJS  = $(filter-out %/main.o,$(ASRCS:src/%.c=build/plain/obj/%.o))
PLAIN  = $(patsubst tests/unit/%.c,build/plain/unit/%, \
	$(filter-out %/sandbox.c %/heap.c,$(wildcard tests/unit/*.c)))
PCFLAGS = -g -O1
PLIB   = -L$(DEPS_DIR)/plain/lib $(LIBS)

$(DEPS_DIR)/plain/key: $(INPUTS)
	CC=gcc CFLAGS="$(PCFLAGS)" $(BUILD_SH) $(DEPS_DIR) plain

build/plain/obj/%.o: src/%.c Makefile $(DEPS_DIR)/plain/key
	@mkdir -p $(@D)
	@echo "  CC $< (plain)"
	@gcc -MMD -MP $(PCFLAGS) $(DIALECT) $(call use,plain) -c $< -o $@

build/plain/sendlet.a: $(POBJS)

build/plain/unit/%: tests/unit/%.c build/plain/sendlet.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@gcc $(PCFLAGS) $(DIALECT) $(call use,plain) $(call linked,PLIB) -o $@

build/plain/replay/%: tests/fuzz/%.c tests/fuzz/replay.c build/plain/sendlet.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@gcc $(PCFLAGS) $(DIALECT) $(call use,plain) $(call linked,PLIB) -o $@

plain: $(PLAIN)
valgrind:
	tests/setup.sh lint
	$(MAKE) plain $(FUZZERS:%=build/plain/replay/%)
	bats tests/valgrind.bats tests/analysis/corpora.bats

# -- gcc's sanitizers -----------------------------------------------------------

check-gcc:
	tests/setup.sh lint
	$(MAKE) ASAN_CC=gcc ASAN=build/gcc/asan tests
	BUILD=$(CURDIR)/build/gcc timeout 900 bats tests/unit-*.bats
	BUILD=$(CURDIR)/build/gcc timeout 300 bats -f walks tests/fuzz.bats

.PHONY: lint lint-flags plain valgrind check-gcc
-include $(POBJS:.o=.d)
