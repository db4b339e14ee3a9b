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

/* A descriptor for who waits longest, or a negative errno.  */
static int
accept_next (const struct reactor *reactor, int listener_fd)
{
  int fd;

  if (reactor->streams >= most_connections ())
    return -EMFILE;
  /* A client that gave up while it waited is no reason to stop.  */
  do
    fd = accept4 (listener_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
  return fd < 0 ? -errno : fd;
}

int
listener_accept (struct descriptor *listener, struct stream **result)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) &listener->poll);
  int fd = accept_next (reactor, listener->fd);

  if (fd >= 0)
    {
      int status = stream_new (reactor, fd, result);

      /* Who accepts is a server: it didn't choose its peer.  */
      if (status == 0)
        stream_set_request_limit (*result, limit_of (LIMIT_REQUEST_BYTES));
      return status;
    }
  if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM || fd == -ENOBUFS)
    descriptor_pause (listener, IM_ACCEPT_PAUSE_MS);
  return fd;
}

int
listener_address (const struct descriptor *listener,
                  struct sockaddr_storage *address)
{
  socklen_t length = sizeof *address;

  return getsockname (listener->fd, (struct sockaddr *) address, &length) < 0
         ? -errno : 0;
}
