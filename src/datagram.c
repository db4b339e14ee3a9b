/* datagram.c -- a descriptor that datagrams are sent and received with

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#define _GNU_SOURCE             /* struct ip_mreqn, group_req */

#include "datagram.h"

#include "address.h"
#include "limits.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static int
set_option (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value);
}

/* Where multicasts go to.  Each of these returns 0, or -1 and sets
   errno.  */
static int
set_multicast_4 (int fd, const struct datagram_options *options)
{
  struct ip_mreqn leave_by = { .imr_ifindex = options->interface };

#ifdef IP_MULTICAST_ALL
  /* Only of groups that this socket has joined itself.  */
  if (set_option (fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) < 0)
    return -1;
#endif
  if (options->interface != 0
      && setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &leave_by,
                     sizeof leave_by) < 0)
    return -1;
  if (set_option (fd, IPPROTO_IP, IP_MULTICAST_TTL, options->ttl) < 0)
    return -1;
  return set_option (fd, IPPROTO_IP, IP_MULTICAST_LOOP, options->loop);
}

static int
set_multicast_6 (int fd, const struct datagram_options *options)
{
#ifdef IPV6_MULTICAST_ALL
  if (set_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0) < 0)
    return -1;
#endif
  if (options->interface != 0
      && set_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
                     options->interface) < 0)
    return -1;
  if (set_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, options->ttl) < 0)
    return -1;
  return set_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, options->loop);
}

/* Linux lets who sets SO_REUSEADDR share a port; elsewhere it takes
   SO_REUSEPORT, with which Linux would give each datagram to one only.  */
static int
share_port (int fd)
{
#if defined SO_REUSEPORT && !defined __linux__
  if (set_option (fd, SOL_SOCKET, SO_REUSEPORT, 1) < 0)
    return -1;
#endif
  return set_option (fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

static int
set_options (int fd, int family, const struct datagram_options *options)
{
  if (options->share && share_port (fd) < 0)
    return -1;
  if (set_option (fd, SOL_SOCKET, SO_BROADCAST, options->broadcast) < 0)
    return -1;
  if (family == AF_INET)
    return set_multicast_4 (fd, options);
  /* One socket speaks one version: where it sends to is then clear.  */
  if (set_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0)
    return -1;
  return set_multicast_6 (fd, options);
}

int
datagram_open (struct reactor *reactor,
               const struct sockaddr_storage *address,
               const struct datagram_options *options,
               struct descriptor **result)
{
  int fd = socket (address->ss_family,
                   SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int status;

  if (fd < 0)
    return -errno;
  if (set_options (fd, address->ss_family, options) < 0
      || bind (fd, (const struct sockaddr *) address,
               address_length (address)) < 0)
    status = -errno;
  else
    status = descriptor_new (reactor, fd, result);
  if (status < 0)
    close (fd);
  return status;
}

int
datagram_send (const struct descriptor *socket, const uint8_t *bytes,
               size_t size, const struct sockaddr_storage *address)
{
  ssize_t count;

  do
    count = sendto (socket->fd, bytes, size, MSG_NOSIGNAL,
                    (const struct sockaddr *) address,
                    address_length (address));
  while (count < 0 && errno == EINTR);
  return count < 0 ? -errno : 0;
}

int
datagram_receive (const struct descriptor *socket, size_t limit,
                  struct datagram *datagram)
{
  uint8_t *room = reactor_of ((uv_handle_t *) &socket->poll)->scratch;
  struct iovec piece = { .iov_base = room, .iov_len = limit };
  struct msghdr message = { .msg_name = &datagram->sender,
                            .msg_namelen = sizeof datagram->sender,
                            .msg_iov = &piece, .msg_iovlen = 1 };
  ssize_t count;

  if (limit > IM_DATAGRAM_BYTES)
    piece.iov_len = IM_DATAGRAM_BYTES;
  do
    count = recvmsg (socket->fd, &message, 0);
  while (count < 0 && errno == EINTR);
  if (count < 0)
    return -errno;
  datagram->bytes = room;
  datagram->size = count;
  datagram->truncated = (message.msg_flags & MSG_TRUNC) != 0;
  return 0;
}

int
datagram_set_member (const struct descriptor *socket,
                     const struct sockaddr_storage *group,
                     unsigned interface, bool member)
{
  struct group_req request;
  int level = group->ss_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

  memset (&request, 0, sizeof request); /* the gap between the two, too */
  request.gr_interface = interface;
  request.gr_group = *group;
  return setsockopt (socket->fd, level,
                     member ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP,
                     &request, sizeof request) < 0 ? -errno : 0;
}
