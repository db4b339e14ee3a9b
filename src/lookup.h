/* lookup.h -- a source that becomes ready when a host's name is known

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The resolver may wait for seconds; libuv asks it on another thread, so
   that messages go on arriving.  */

#ifndef IM_LOOKUP_H
#define IM_LOOKUP_H

#include "reactor.h"

struct lookup
{
  struct source source;
  uv_getaddrinfo_t request;
  struct addrinfo *addresses;   /* NULL until done, or on failure */
  int status;                   /* 0, or one of libuv's EAI codes */
  bool done;
  bool abandoned;               /* nobody waits for the answer */
};

/* Begin to look HOST up.  Return 0 or a negative errno.  */
int lookup_new (struct reactor *reactor, const char *host,
                struct lookup **result);

void lookup_close (struct lookup *lookup);

#endif /* IM_LOOKUP_H */
