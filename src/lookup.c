/* lookup.c -- a source that becomes ready when a host's name is known

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "lookup.h"

#include <errno.h>
#include <stdlib.h>

static void
lookup_free (struct lookup *lookup)
{
  uv_freeaddrinfo (lookup->addresses);
  free (lookup);
}

static void
on_answer (uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
  struct lookup *lookup = request->data;

  lookup->done = true;
  lookup->status = status;
  lookup->addresses = addresses;
  if (lookup->abandoned)
    lookup_free (lookup);
  else
    source_is_ready (request->loop->data, &lookup->source);
}

int
lookup_new (struct reactor *reactor, const char *host, struct lookup **result)
{
  struct addrinfo hints = { .ai_family = AF_UNSPEC,
                            .ai_socktype = SOCK_STREAM };
  struct lookup *lookup = calloc (1, sizeof *lookup);
  int status;

  if (lookup == NULL)
    return -ENOMEM;
  source_init (&lookup->source, SOURCE_LOOKUP);
  lookup->request.data = lookup;
  status = uv_getaddrinfo (&reactor->loop, &lookup->request, on_answer, host,
                           NULL, &hints);
  if (status < 0)
    {
      free (lookup);
      return status;
    }
  *result = lookup;
  return 0;
}

void
lookup_close (struct lookup *lookup)
{
  if (lookup->done)
    lookup_free (lookup);
  else
    {
      lookup->abandoned = true;
      uv_cancel ((uv_req_t *) &lookup->request);
    }
}
