# SPDX-License-Identifier: ISC
# show, compile and install: what the recipe says of the package, and does.
define BuildPackage
$(eval $(Package/$(1)))
show:
	@echo $(PKG_SOURCE) - $(SECTION) - $(TITLE) - $(DEPENDS)
	@echo $(Package/$(1)/conffiles)
compile:
	$(Build/Compile)
install:
	$$(call Package/$(1)/install,$(TREE))
endef
