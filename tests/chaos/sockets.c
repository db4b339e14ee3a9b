/* sockets.c -- sockets of this computer, that never wait

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#define _GNU_SOURCE             /* accept4 */
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int
must (int result, const char *what)
{
  if (result < 0)
    {
      perror (what);
      exit (99);
    }
  return result;
}

static struct sockaddr_in
loopback (int port)
{
  return (struct sockaddr_in) { .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
}

static int
new_socket (void)
{
  return must (socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                       0), "socket");
}

static void
send_at_once (int fd)
{
  int yes = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

int
loopback_listen (int *port)
{
  struct sockaddr_in address = loopback (0);
  socklen_t size = sizeof address;
  int fd = new_socket ();

  must (bind (fd, (struct sockaddr *) &address, size), "bind");
  must (listen (fd, 1024), "listen");
  must (getsockname (fd, (struct sockaddr *) &address, &size), "getsockname");
  *port = ntohs (address.sin_port);
  return fd;
}

int
loopback_connect (int port)
{
  struct sockaddr_in address = loopback (port);
  int fd = new_socket ();

  send_at_once (fd);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0
      && errno != EINPROGRESS)
    must (-1, "connect");
  return fd;
}

int
loopback_accept (int listener)
{
  int fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd >= 0)
    send_at_once (fd);
  else if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
    must (-1, "accept");
  return fd;
}

void
close_with_reset (int fd)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

double
seconds_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}
