/* SPDX-License-Identifier: ISC */
#ifndef MAIL_SCAN_H
#define MAIL_SCAN_H

#include "base/str.h"

/*
 * Octets before the first CR, LF or NUL, or all of them.  Sets *high when one
 * of these octets is 128 or more.  Works a machine word at a time: message
 * text goes through here at memory speed.
 */
size_t scan_text(struct str, bool *high);

#endif
