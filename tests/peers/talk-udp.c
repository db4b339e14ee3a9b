/* talk-udp.c -- somebody with a UDP socket that shares nothing with ours

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   talk-udp ask PORT TEXT         send TEXT to PORT, print the answer
   talk-udp answer SKIP TEXT      print a port; answer what comes there with
                                  TEXT, except for the first SKIP datagrams
   talk-udp shout TO PORT TEXT    send TEXT to the group or broadcast TO
   talk-udp hear FROM PORT        print the first datagram that comes for
                                  the group or broadcast FROM

   All of it on 127.0.0.1.  Waits ten seconds at most.  The tests of the labs
   run it.  */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void
check (int ok, const char *what)
{
  if (!ok)
    {
      perror (what);
      exit (1);
    }
}

static struct sockaddr_in
place (const char *address, int port)
{
  struct sockaddr_in result;
  memset (&result, 0, sizeof result);
  result.sin_family = AF_INET;
  check (inet_pton (AF_INET, address, &result.sin_addr) == 1, address);
  result.sin_port = htons (port);
  return result;
}

/* Return a socket at ADDRESS that may broadcast, multicasts to the loopback
   only, and doesn't wait for ever.  */
static int
socket_at (const char *address, int port)
{
  struct sockaddr_in here = place (address, port);
  struct in_addr loopback = { htonl (INADDR_LOOPBACK) };
  struct timeval patience = { 10, 0 };
  int yes = 1, fd = socket (AF_INET, SOCK_DGRAM, 0);
  setsockopt (fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback);
  check (bind (fd, (struct sockaddr *) &here, sizeof here) == 0, "bind");
  return fd;
}

static void
send_text (int fd, const char *text, struct sockaddr_in to)
{
  check (sendto (fd, text, strlen (text), 0, (struct sockaddr *) &to,
                 sizeof to) >= 0, "sendto");
}

static struct sockaddr_in
receive (int fd, char *text, size_t size)
{
  struct sockaddr_in from;
  socklen_t from_size = sizeof from;
  ssize_t count = recvfrom (fd, text, size - 1, 0, (struct sockaddr *) &from,
                            &from_size);
  check (count >= 0, "recvfrom");
  text[count] = '\0';
  return from;
}

static void
answer (int skip, const char *text)
{
  char question[1000];
  int fd = socket_at ("127.0.0.1", 0);
  struct sockaddr_in here;
  socklen_t size = sizeof here;
  getsockname (fd, (struct sockaddr *) &here, &size);
  printf ("%d\n", ntohs (here.sin_port));
  fflush (stdout);
  for (;;)
    {
      struct sockaddr_in from = receive (fd, question, sizeof question);
      if (skip-- <= 0)
        send_text (fd, text, from);
    }
}

static void
hear (const char *from, int port)
{
  char text[1000];
  int fd = socket_at (from, port);
  struct ip_mreq membership = { place (from, 0).sin_addr,
                                { htonl (INADDR_LOOPBACK) } };
  if (IN_MULTICAST (ntohl (membership.imr_multiaddr.s_addr)))
    check (setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership,
                       sizeof membership) == 0, "join");
  receive (fd, text, sizeof text);
  puts (text);
}

int
main (int argc, char **argv)
{
  const char *way = argc > 1 ? argv[1] : "";
  if (strcmp (way, "ask") == 0 && argc == 4)
    {
      char text[1000];
      int fd = socket_at ("127.0.0.1", 0);
      send_text (fd, argv[3], place ("127.0.0.1", atoi (argv[2])));
      receive (fd, text, sizeof text);
      puts (text);
    }
  else if (strcmp (way, "answer") == 0 && argc == 4)
    answer (atoi (argv[2]), argv[3]);
  else if (strcmp (way, "shout") == 0 && argc == 5)
    send_text (socket_at ("127.0.0.1", 0), argv[4],
               place (argv[2], atoi (argv[3])));
  else if (strcmp (way, "hear") == 0 && argc == 4)
    hear (argv[2], atoi (argv[3]));
  else
    return 2;
  return 0;
}
