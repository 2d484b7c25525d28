# SPDX-License-Identifier: ISC
#
# make            build/sendlet: one static binary (musl)
# make demo       install what is missing, build, send a message to a sink
# make check      install what is missing, build, run every test
# make sweep      every way to fail, one after the other (takes long)
# make deb        a package for Debian; make dist, the sources
# make install    DESTDIR, PREFIX and SYSCONFDIR are honoured
#
# ARCH=aarch64, armhf, riscv64, mips: build/ARCH/sendlet, for such a machine.
# CA_BUNDLE=FILE puts the CA certificates of that file into the program.
# DEPS=system links the static libraries of this machine, with CC, instead of
# building them, but for the Unicode library of QuickJS, which nobody packs:
# its sources are in QUICKJS.  DEPS_DIR says where libraries are built and kept
# otherwise.

# A release is what a tag says; a tarball without one tells itself.
VERSION   := $(or $(shell cat VERSION 2>/dev/null || git describe --tags \
	--match 'v[0-9]*' 2>/dev/null | sed 's/^v//; s/-\([0-9]*\)-g/+\1.g/'), \
	0.1.0)
PREFIX     = /usr/local
MANDIR     = $(PREFIX)/share/man
SYSCONFDIR = /etc
SPOOLDIR   = /var/spool/sendlet
GROUP      = sendlet
DEPS       = upstream
DEPS_DIR   = .deps

OUT  = build
BIN  = $(OUT)/sendlet
SRCS = $(sort $(wildcard src/*.c src/*/*.c))

# Small, but fast where every octet of a message or header passes.
OPT   = -Os
HOT   = base/buf base/fault base/seek base/str delivery/self \
	mail/addr mail/addr_part mail/element mail/envelope mail/header \
	mail/intake mail/rewrite mail/scan mail/store main net/stream \
	smtp/command smtp/transaction
# What an ordinary message needs lies together, with that part of the C library
# which it needs, and in front of these: so few pages of the file are mapped.
FAR   = base/heap checkup delivery/maildir delivery/queue delivery/report \
	delivery/spool delivery/stats delivery/stepwise doctor/% import/% \
	mail/d% mail/encoded mail/entity mail/mime net/dns net/gcm net/peer \
	smtp/hmac smtp/mechanism smtp/probe smtp/sasl smtp/server
WARN  = -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wvla -Wcast-qual \
	-Wwrite-strings -Wundef -Wpointer-arith -Wconversion -Wno-sign-conversion
DIALECT = -std=c17 -D_GNU_SOURCE -DLIBBSD_OPENBSD_VIS -Isrc \
	-ffile-prefix-map=$(CURDIR)=.
HARD  = -fPIE -fstack-protector-strong -fstack-clash-protection \
	-ftrivial-auto-var-init=zero $(GUARD) \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-ffunction-sections -fdata-sections
# In place of _FORTIFY_SOURCE, of which musl knows nothing: an index that is
# out of bounds ends the program.
BOUND = -fsanitize=bounds -fsanitize-undefined-trap-on-error
# What of the C library is done here instead: base/heap.c.
LIBC  = $(foreach f,malloc calloc realloc free,-Wl,--wrap=$f)
LINK  = $(LIBC) -s -Wl,-z,relro,-z,now,-z,noexecstack,--build-id=none
OURS  = $(foreach f,ecp_mul ecp_mul_restartable gcm_crypt_and_tag, \
	-Wl,--wrap=mbedtls_$f)
LIBS  = -Wl,--gc-sections $(OURS) -lmbedtls -lsodium -lunicode -lbsd -lmd

# How to compile against and link the libraries: $(call use,FLAVOUR).
use = -DMBEDTLS_CONFIG_FILE='"net/mbedtls_config.h"' \
	-isystem $(DEPS_DIR)/$1/include -idirafter $(DEPS_DIR)/$1/kernel
DEPKEY  = $(DEPS_DIR)/musl/key
MUSL    = $(call use,musl)
MUSLLIB = -L$(DEPS_DIR)/musl/lib $(LIBS)
MUSLVER = @$(DEPS_DIR)/musl/versions

# musl-gcc knows no -static-pie, so what it starts with is named here.  What
# compilers add for constructors of old and for C++ has no use.
CC      = musl-gcc
HOST    = $(shell $(CC) -dumpmachine 2>/dev/null)
CRT     = /usr/lib/$(HOST:%-gnu=%-musl)
START   = $(CRT)/rcrt1.o
PIE     = -static -nostartfiles -Wl,-pie,--no-dynamic-linker,-z,text $(START)

# The machine the program is for, where that is another one: aarch64, armhf,
# riscv64, mips or any other with a gcc-...-linux-gnu package.
ifneq ($(ARCH),)
TRIPLE  = $(or $(TRIPLE_$(ARCH)),$(ARCH)-linux-gnu)
TRIPLE_armhf = arm-linux-gnueabihf
OUT     = build/$(ARCH)
CC      = $(DEPS_DIR)/musl-$(ARCH)/bin/cc
CRT     = $(DEPS_DIR)/musl-$(ARCH)/lib
DEPKEY  = $(DEPS_DIR)/$(ARCH)/key
MUSL    = $(call use,$(ARCH))
MUSLLIB = -L$(DEPS_DIR)/$(ARCH)/lib $(LIBS)
MUSLVER = @$(DEPS_DIR)/$(ARCH)/versions
endif

ifeq ($(DEPS),system)
CC      = cc
DEPKEY  =
MUSL    = $(shell pkg-config --cflags libbsd libsodium mbedtls)
QUICKJS = quickjs
MUSL   += -isystem $(QUICKJS)
UNICODE = $(OUT)/obj/libunicode.o $(OUT)/obj/cutils.o
MUSLLIB = -Wl,--gc-sections $(UNICODE) $(OURS) \
	$(shell pkg-config --libs-only-L libsodium mbedtls) \
	-lmbedtls -lmbedx509 -lmbedcrypto -lsodium -lbsd -lmd
MUSLVER = $(foreach p,libbsd libmd libsodium mbedtls,-D$(shell echo $p | \
	tr a-z A-Z)_VERSION='"$(shell pkg-config --modversion $p)"') \
	-DQUICKJS_VERSION='"$(shell cat $(QUICKJS)/VERSION)"'
PIE     = -static-pie
START   = $(shell $(CC) -print-file-name=rcrt1.o)
endif
export DEPS_DIR

# Calls and returns that go astray: PAC and BTI; CET, where the C library's
# start files are marked for it.
MACHINE := $(firstword $(subst -, ,$(or $(TRIPLE),$(HOST))))
GUARD_aarch64 = -mbranch-protection=standard
GUARD_x86_64 := $(if $(shell readelf -n $(START) 2>/dev/null | \
	grep IBT),-fcf-protection)
GUARD := $(GUARD_$(MACHINE))

# The flavour for tests: the host's C library, ASan and UBSan, warnings fatal.
ASAN_CC = clang
ASAN    = build/$(patsubst asan-clang,asan,asan-$(ASAN_CC))
SAN     = -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=address,undefined
SWEEP = cut answer fault disk crowd clock timeout

OBJS  = $(SRCS:src/%.c=$(OUT)/obj/%.o)
ASIDE = $(filter $(FAR:%=$(OUT)/obj/%.o),$(OBJS))
NEAR  = $(filter-out $(ASIDE),$(OBJS)) -lc -lbsd
ROOTS = $(if $(CA_BUNDLE),$(BIN).roots.o)
# Sanitizers have an allocator of their own.
ASRCS = $(filter-out src/base/heap.c,$(SRCS))
AOBJS = $(ASRCS:src/%.c=$(ASAN)/obj/%.o)
UNITS = $(patsubst tests/unit/%.c,$(ASAN)/unit/%,$(wildcard tests/unit/*.c))
ALIB  = -L$(DEPS_DIR)/asan-$(ASAN_CC)/lib $(LIBS)

all: $(BIN)
include tests/fuzz/fuzz.mk

$(BIN): $(OBJS) $(UNICODE) $(DEPKEY) $(ROOTS) $(BIN).with
	@echo "  LD $@"
	@$(CC) $(LINK) $(PIE) $(NEAR) $(ASIDE) $(ROOTS) $(LDFLAGS) $(MUSLLIB) -o $@

$(UNICODE): $(OUT)/obj/%.o: $(QUICKJS)/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE -Os $(HARD) -c $< -o $@

# What was asked for last time: made anew only when that is something else.
remember = mkdir -p $(@D) && echo $1 | cmp -s - $@ || echo $1 >$@
$(BIN).with: FORCE
	@$(call remember,"$(CA_BUNDLE)")
$(OUT)/version: FORCE
	@$(call remember,"$(VERSION)")

$(BIN).roots.o: $(CA_BUNDLE) $(BIN).with src/deps/roots.sh
	@echo "  AS $@"
	@src/deps/roots.sh "$(CA_BUNDLE)" >$(BIN).roots.s
	@$(CC) -c $(BIN).roots.s -o $@

$(OUT)/obj/config/conf.o: DEFS = -DSYSCONFDIR='"$(SYSCONFDIR)"'
$(OUT)/obj/main.o: DEFS = -DSENDLET_VERSION='"$(VERSION)"' $(MUSLVER)
$(OUT)/obj/main.o: $(OUT)/version
$(HOT:%=$(OUT)/obj/%.o): OPT = -O2
$(OUT)/obj/%.o: src/%.c Makefile $(DEPKEY)
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) -MMD -MP $(OPT) $(DIALECT) $(WARN) $(HARD) $(BOUND) $(MUSL) $(DEFS) \
	    $(CPPFLAGS) $(CFLAGS) -c $< -o $@

asan: $(ASAN)/sendlet
tests: $(UNITS) $(FUZZERS:%=$(ASAN)/replay/%)

$(ASAN)/sendlet: $(AOBJS)
	@echo "  LD $@"
	@$(ASAN_CC) $(SAN) $(AOBJS) $(ALIB) -o $@

$(ASAN)/obj/main.o: DEFS = -DSENDLET_VERSION='"$(VERSION)"' \
	@$(DEPS_DIR)/asan-$(ASAN_CC)/versions
$(ASAN)/obj/%.o: src/%.c Makefile $(DEPS_DIR)/asan-$(ASAN_CC)/key
	@mkdir -p $(@D)
	@echo "  CC $< ($(ASAN_CC), sanitizers)"
	@$(ASAN_CC) -MMD -MP $(SAN) $(DIALECT) $(WARN) -Werror \
	    $(call use,asan-$(ASAN_CC)) $(DEFS) -c $< -o $@

# Of these, one for each way to compile, a test takes what it needs.
%/sendlet.a:
	@rm -f $@ && ar -rcs $@ $^
$(ASAN)/sendlet.a: $(filter-out %/main.o,$(AOBJS))

$(UNITS): tests/unit/lines.h
$(ASAN)/unit/%: tests/unit/%.c $(ASAN)/sendlet.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(ASAN_CC) $(SAN) $(DIALECT) $(WARN) $(call use,asan-$(ASAN_CC)) \
	    $(call linked,ALIB) -o $@

# This one has all of Debian's CA certificates inside.
$(ASAN)/unit/certs: $(ASAN)/roots.o
$(ASAN)/roots.o: /etc/ssl/certs/ca-certificates.crt src/deps/roots.sh
	@mkdir -p $(@D)
	@src/deps/roots.sh $< >$(ASAN)/roots.s
	@$(ASAN_CC) -c $(ASAN)/roots.s -o $@

$(ASAN)/replay/%: tests/fuzz/%.c tests/fuzz/replay.c $(ASAN)/sendlet.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(ASAN_CC) $(SAN) $(DIALECT) $(call use,asan-$(ASAN_CC)) \
	    $(call linked,ALIB) -o $@

$(DEPS_DIR)/src/versions: src/deps/fetch.sh
	src/deps/fetch.sh $(DEPS_DIR)

BUILD_SH = src/deps/build.sh
INPUTS   = $(DEPS_DIR)/src/versions $(BUILD_SH) $(wildcard src/deps/*.mk) \
	src/net/mbedtls_config.h Makefile

$(DEPS_DIR)/musl/key: $(INPUTS)
	CC="$(CC)" CFLAGS="$(HARD)" $(BUILD_SH) $(DEPS_DIR) musl

ifneq ($(ARCH),)
$(DEPKEY): $(INPUTS) src/deps/cross.sh
	CFLAGS="$(HARD)" src/deps/cross.sh $(DEPS_DIR) $(ARCH) $(TRIPLE)
endif

$(DEPS_DIR)/asan-%/key: $(INPUTS)
	CC="$*" CFLAGS="$(SAN)" $(BUILD_SH) $(DEPS_DIR) asan-$*

# Other machines that tests have emulators for.
CROSS = aarch64 armhf mips
cross: $(CROSS:%=cross-%)
cross-%: $(DEPS_DIR)/src/versions
	$(MAKE) ARCH=$*

include tests/analysis/analysis.mk

JOBS = $(shell getconf _NPROCESSORS_ONLN)
check:
	tests/setup.sh
	$(MAKE) -j $(JOBS) roots cross all asan tests covered plain build/inject
	tests/run.sh

# Mail servers and callers, which come by network while compilers work.
roots:
	tests/setup.sh roots

demo:
	tests/setup.sh demo
	$(MAKE) all
	tests/demo.sh

bench: all
	tests/bench.sh

sweep: all build/inject
	tests/sweep/sweep.py --complete $(SWEEP)

build/inject: tests/sweep/inject.c
	@mkdir -p $(@D)
	cc -std=c17 -D_GNU_SOURCE -O1 -Wall -Wextra $< -o $@

# Where the shells look for completion, below PREFIX/share.
BASH   = bash-completion/completions
ZSH    = zsh/site-functions
FISH   = fish/vendor_completions.d
SHELLS = $(BASH) $(ZSH) $(FISH)
COMPLETE = $(if $(DESTDIR),$(abspath $(DESTDIR)))$(PREFIX)/share

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin \
	    $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(SYSCONFDIR) \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 \
	    $(DESTDIR)$(MANDIR)/man8
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/sbin/sendlet
	ln -sf sendlet $(DESTDIR)$(PREFIX)/sbin/sendmail
	ln -sf ../sbin/sendlet $(DESTDIR)$(PREFIX)/lib/sendmail
	ln -sf ../sbin/sendlet $(DESTDIR)$(PREFIX)/bin/mailq
	ln -sf ../sbin/sendlet $(DESTDIR)$(PREFIX)/bin/newaliases
	install -m 644 man/mailq.1 man/newaliases.1 $(DESTDIR)$(MANDIR)/man1
	install -m 644 man/sendlet.conf.5 man/sendlet-aliases.5 \
	    $(DESTDIR)$(MANDIR)/man5
	install -m 644 man/sendlet.8 $(DESTDIR)$(MANDIR)/man8
	ln -sf sendlet.8 $(DESTDIR)$(MANDIR)/man8/sendmail.8
	install -d $(SHELLS:%=$(DESTDIR)$(PREFIX)/share/%)
	cd conf/completion && \
	    install -m 644 sendlet.bash $(COMPLETE)/$(BASH)/sendlet && \
	    install -m 644 _sendlet $(COMPLETE)/$(ZSH) && \
	    install -m 644 sendlet.fish $(COMPLETE)/$(FISH)
	install -d -m 700 $(DESTDIR)/var/lib/sendlet
	[ -e $(DESTDIR)$(SYSCONFDIR)/sendlet.conf ] || install -m 640 \
	    conf/sendlet.conf $(DESTDIR)$(SYSCONFDIR)/sendlet.conf
	install -d -m 730 $(DESTDIR)$(SPOOLDIR)
	@src/lend.sh "$(DESTDIR)" $(GROUP) $(PREFIX)/sbin/sendlet \
	    $(SYSCONFDIR)/sendlet.conf $(SPOOLDIR)

uninstall:
	cd $(DESTDIR)$(PREFIX) && rm -f sbin/sendlet sbin/sendmail \
	    lib/sendmail bin/mailq bin/newaliases
	cd $(DESTDIR)$(MANDIR) && rm -f man1/mailq.1 man1/newaliases.1 \
	    man5/sendlet.conf.5 man5/sendlet-aliases.5 man8/sendlet.8 man8/sendmail.8
	cd $(DESTDIR)$(PREFIX)/share && rm -f $(BASH)/sendlet $(ZSH)/_sendlet \
	    $(FISH)/sendlet.fish

# For Debian and what comes from it; ARCH too.
DEB_aarch64 = arm64
DEB_ARCH = $(or $(DEB_$(ARCH)),$(ARCH),$(shell dpkg --print-architecture))
DEB   = $(OUT)/sendlet_$(VERSION)_$(DEB_ARCH).deb
STAGE = $(OUT)/deb
deb: $(BIN)
	@rm -rf $(STAGE)
	@mkdir -p $(dir $(DEB))
	@$(MAKE) -s -o $(BIN) install DESTDIR=$(STAGE) PREFIX=/usr \
	    SYSCONFDIR=/etc >/dev/null
	@conf/deb/make.sh $(STAGE) $(VERSION) $(DEB_ARCH) $(DEB)
	@echo $(DEB)

# The dependencies are not in it: give it the DEPS_DIR of an earlier build
# where there is no network.
TARBALL = build/sendlet-$(VERSION).tar.gz
dist:
	@mkdir -p build
	git archive --prefix=sendlet-$(VERSION)/ \
	    --add-virtual-file=sendlet-$(VERSION)/VERSION:$(VERSION) HEAD | \
	    gzip -9n >$(TARBALL)

version:
	@echo $(VERSION)

# What the tags of the releases tell.
notes:
	@git for-each-ref --sort=-v:refname 'refs/tags/v[0-9]*' --format \
	    '%(refname:strip=2), %(creatordate:short)%0a%0a%(contents)'

clean:
	rm -rf build

# Some of it belongs to root, whose the small Debian systems for tests are.
distclean: clean
	rm -rf $(DEPS_DIR) 2>/dev/null || sudo -n rm -rf $(DEPS_DIR)

.PHONY: all asan tests cross check roots demo bench sweep install uninstall \
	deb dist version notes clean distclean FORCE
.SECONDARY:
-include $(OBJS:.o=.d) $(AOBJS:.o=.d)
