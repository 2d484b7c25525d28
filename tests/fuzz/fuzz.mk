# SPDX-License-Identifier: ISC
#
# make fuzz          libFuzzer, each target for FUZZ_SECONDS
# make fuzz-afl      AFL++, the same (installs it)
# make coverage      what each corpus reaches of the parser it is for
# make corpus        add what the fuzzers have found, as little as does the same
#
# TARGETS="dns url" limits all of them to these.  A target is NAME.c, its
# corpus tests/corpus/NAME, its dictionary NAME.dict if there is one, and its
# parser the files that tests/fuzz/parsers names.

FUZZ_SECONDS = 30
TARGETS = $(FUZZERS)
FUZZERS = $(filter-out replay,$(patsubst tests/fuzz/%.c,%, \
	$(wildcard tests/fuzz/*.c)))

# A session's relay is played: its part of net/tls.h comes first and counts.
SESSION = $(foreach d,$(ASAN)/replay build/coverage build/fuzz build/afl \
	build/plain/replay, \
	$d/session)
$(SESSION): tests/fuzz/lib/relay.c tests/fuzz/lib/relay.h
$(SESSION): FIRST = -Wl,-z,muldefs
# What to link: the prerequisites, with libraries.  They need each other.
linked = $(FIRST) $(filter %.c,$^) $(filter %.o,$^) \
	-Wl,--start-group $(filter %.a,$^) $($1) -Wl,--end-group

FOBJS = $(filter-out %/main.o,$(ASRCS:src/%.c=build/fuzz/obj/%.o))
COBJS = $(filter-out %/main.o,$(ASRCS:src/%.c=build/coverage/obj/%.o))
FLIB  = -L$(DEPS_DIR)/asan-clang/lib $(LIBS)

# -- libFuzzer ------------------------------------------------------------------

build/fuzz/obj/%.o: src/%.c Makefile $(DEPS_DIR)/asan-clang/key
	@mkdir -p $(@D)
	@echo "  CC $< (fuzzing)"
	@clang -MMD -MP $(SAN) -fsanitize=fuzzer-no-link $(DIALECT) \
	    $(call use,asan-clang) -c $< -o $@

build/fuzz/sendlet.a: $(FOBJS)

# Those whose input is lines, behind octets of choices, have a mutator that
# knows lines.
LINED = conf sasl server session
MUTATE_conf    = -DHEADER=0
MUTATE_sasl    = -DHEADER=0
MUTATE_server  = -DHEADER=1
MUTATE_session = -DHEADER=2
$(LINED:%=build/fuzz/%): tests/fuzz/lib/lines.c
build/fuzz/%: tests/fuzz/%.c build/fuzz/sendlet.a
	@echo "  LD $@"
	@clang $(SAN) -fsanitize=fuzzer $(DIALECT) $(call use,asan-clang) \
	    $(MUTATE_$*) $(call linked,FLIB) -o $@

fuzz: $(TARGETS:%=build/fuzz/%)
	tests/fuzz/run.sh libfuzzer $(FUZZ_SECONDS) $(TARGETS)

corpus: $(TARGETS:%=build/fuzz/%)
	tests/fuzz/run.sh merge 0 $(TARGETS)

# -- AFL++ ----------------------------------------------------------------------

# Its clang and its driver for libFuzzer's targets.
AFL = AFL_QUIET=1 afl-clang-fast $(SAN) $(DIALECT) $(call use,asan-clang)
LOBJS = $(filter-out %/main.o,$(ASRCS:src/%.c=build/afl/obj/%.o))

build/afl/obj/%.o: src/%.c Makefile $(DEPS_DIR)/asan-clang/key
	@mkdir -p $(@D)
	@echo "  CC $< (AFL++)"
	@$(AFL) -MMD -MP -c $< -o $@

build/afl/sendlet.a: $(LOBJS)

build/afl/%: tests/fuzz/%.c build/afl/sendlet.a
	@echo "  LD $@"
	@$(AFL) -fsanitize=fuzzer $(call linked,FLIB) -o $@

$(LINED:%=build/afl/%.so): build/afl/%.so: tests/fuzz/lib/lines.c
	@mkdir -p $(@D)
	@cc -std=c17 -O2 -Wall -Wextra -fPIC -shared -DAFL $(MUTATE_$*) $< -o $@

fuzz-afl:
	tests/setup.sh fuzz
	$(MAKE) $(TARGETS:%=build/afl/%) \
	    $(patsubst %,build/afl/%.so,$(filter $(LINED),$(TARGETS)))
	tests/fuzz/run.sh afl $(FUZZ_SECONDS) $(TARGETS)

# -- coverage -------------------------------------------------------------------

COVER = -g -O0 -fprofile-instr-generate -fcoverage-mapping
build/coverage/obj/%.o: src/%.c Makefile $(DEPS_DIR)/asan-clang/key
	@mkdir -p $(@D)
	@echo "  CC $< (coverage)"
	@clang -MMD -MP $(COVER) $(DIALECT) $(call use,asan-clang) -c $< -o $@

build/coverage/sendlet.a: $(COBJS)

build/coverage/%: tests/fuzz/%.c tests/fuzz/replay.c build/coverage/sendlet.a
	@echo "  LD $@"
	@clang $(COVER) -fsanitize=address,undefined $(DIALECT) \
	    $(call use,asan-clang) $(call linked,FLIB) -o $@

# What the test needs, and the table.
covered: $(TARGETS:%=build/coverage/%)
coverage: covered
	tests/fuzz/coverage.sh $(TARGETS)

.PHONY: fuzz fuzz-afl corpus covered coverage
-include $(FOBJS:.o=.d) $(COBJS:.o=.d) $(LOBJS:.o=.d)
