# SPDX-License-Identifier: ISC
# OpenWrt's build system, as far as our recipe takes part in it.
INCLUDE_DIR  = $(TOPDIR)
INSTALL_DIR  = install -d -m 755
INSTALL_BIN  = install -m 755
INSTALL_CONF = install -m 600
LN           = ln -sf
DL_DIR       = /dl
TARGET_CC    = target-cc
