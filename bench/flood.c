/* flood.c -- a member that sends to itself as fast as the server reads

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   It reads and forgets what comes back, so that nobody need drop it.  */

#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { REQUESTS = 1000 };

static struct { char *data; size_t request_size, size, at; } flood;
static uint64_t sent_bytes;

void
flood_prepare (const struct member *member, const struct protocol *protocol,
               const char *text)
{
  char request[TEXT_MAXIMUM + 256];

  flood.request_size = protocol->print_request (request, member, text);
  flood.size = REQUESTS * flood.request_size;
  flood.data = malloc (flood.size);
  if (flood.data == NULL)
    fail (member, "not enough memory", "", 0);
  for (size_t at = 0; at < flood.size; at += flood.request_size)
    memcpy (flood.data + at, request, flood.request_size);
}

void
flood_send (const struct member *member)
{
  ssize_t count = send (member->fd, flood.data + flood.at,
                        flood.size - flood.at, MSG_NOSIGNAL | MSG_DONTWAIT);

  if (count > 0)
    {
      sent_bytes += count;
      flood.at = (flood.at + count) % flood.size;
    }
}

void
flood_receive (const struct member *member)
{
  static char bytes[256 * 1024];

  if (recv (member->fd, bytes, sizeof bytes, MSG_DONTWAIT) == 0)
    fail (member, "hung up", "", 0);
}

double
flood_requests (void)
{
  return (double) sent_bytes / flood.request_size;
}
