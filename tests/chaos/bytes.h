/* bytes.h -- bytes that grow at one end and are taken from the other

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The test's own, so that nothing that is tested tests itself.  Running
   out of memory ends the process.  */

#ifndef CHAOS_BYTES_H
#define CHAOS_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes
{
  char *data;
  size_t size, room;
};

void *must_allocate (void *old, size_t size);
void bytes_add (struct bytes *bytes, const char *more, size_t size);
void bytes_take (struct bytes *bytes, size_t size);
void bytes_free (struct bytes *bytes);

/* Return how many of the SIZE bytes at TEXT are its first request, the white
   space before it included; 0 if none is complete.  What doesn't begin with
   a parenthesis is one request as long as all there is.  */
size_t request_size (const char *text, size_t size);

#endif /* CHAOS_BYTES_H */
