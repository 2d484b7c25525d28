/* SPDX-License-Identifier: ISC */
#ifndef NET_ALERT_H
#define NET_ALERT_H

/*
 * What an alert means to the user (RFC 8446 section 6.2), with ": " before it;
 * "" for one that says nothing.
 */
const char *alert_meaning(int code);

#endif
