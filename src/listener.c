/* listener.c -- a descriptor that connections are accepted from

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#define _GNU_SOURCE             /* accept4 */

#include "listener.h"

#include "address.h"
#include "limits.h"
#include "stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Close FD and return why, kept in errno.  */
static int
abandon (int fd)
{
  int status = -errno;

  close (fd);
  return status;
}

int
listener_open (struct reactor *reactor,
               const struct sockaddr_storage *address, int backlog,
               struct descriptor **result)
{
  int on = 1, off = 0;
  int fd = socket (address->ss_family,
                   SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int status;

  if (fd < 0)
    return -errno;
  /* So that a server can be started again at once on its port.  */
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  /* The address :: stands for IPv4 as well.  */
  if (address->ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind (fd, (const struct sockaddr *) address,
            address_length (address)) < 0
      || listen (fd, backlog) < 0)
    return abandon (fd);
  status = descriptor_new (reactor, fd, result);
  if (status < 0)
    close (fd);
  return status;
}

/* How many connections there may be at a time.  */
static rlim_t
most_connections (void)
{
  struct rlimit descriptors;

  if (limit_of (LIMIT_CONNECTIONS) > 0)
    return limit_of (LIMIT_CONNECTIONS);
  if (getrlimit (RLIMIT_NOFILE, &descriptors) < 0)
    return RLIM_INFINITY;
  return descriptors.rlim_cur > 2 * IM_SPARE_DESCRIPTORS
         ? descriptors.rlim_cur - IM_SPARE_DESCRIPTORS
         : descriptors.rlim_cur;
}

/* Whether it is only the client that accept4 failed for.  Linux gives
   what happened to the connection meanwhile as its errors; there may be
   others who wait, so the descriptor stays ready.  */
static bool
concerns_one_client (int error)
{
  switch (error)
    {
    case EINTR:
    case ECONNABORTED:
    case EPERM:                 /* a firewall's doing */
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ETIMEDOUT:
      return true;
    default:
      return false;
    }
}

/* Accept for STREAM, which isn't begun.  Return 0 or a negative errno.  */
static int
accept_for (struct descriptor *listener, struct stream *stream)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) &listener->poll);
  int fd;

  if (reactor->streams >= most_connections ())
    return -EMFILE;
  fd = accept4 (listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0)
    return concerns_one_client (errno) ? -EAGAIN : -errno;
  return stream_begin (reactor, stream, fd);
}

int
listener_accept (struct descriptor *listener, struct stream **result)
{
  /* First the memory: who is accepted can't go back to the backlog.  */
  struct stream *stream = stream_allocate ();
  int status = stream != NULL ? accept_for (listener, stream) : -ENOMEM;

  if (status == 0)
    {
      /* Who accepts is a server: it didn't choose its peer.  */
      stream_set_request_limit (stream, limit_of (LIMIT_REQUEST_BYTES));
      *result = stream;
    }
  else
    free (stream);
  if (status < 0 && status != -EAGAIN)
    descriptor_pause (listener, IM_ACCEPT_PAUSE_MS);
  return status;
}

int
listener_address (const struct descriptor *listener,
                  struct sockaddr_storage *address)
{
  socklen_t length = sizeof *address;

  return getsockname (listener->fd, (struct sockaddr *) address, &length) < 0
         ? -errno : 0;
}
