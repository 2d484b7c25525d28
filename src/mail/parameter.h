/* SPDX-License-Identifier: ISC */
#ifndef MAIL_PARAMETER_H
#define MAIL_PARAMETER_H

#include "base/buf.h"

/*
 * Appends the body of a MIME field, "value; name=value ...", with parameter
 * values that must not leave as they are (see encoded_text()) in the form of
 * RFC 2231: name*=utf-8''%..., in several pieces when long.
 */
void parameter_encode(struct buf *, struct str body, bool utf8);

#endif
