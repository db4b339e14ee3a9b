/* tcp-client.c -- a client that isn't ours

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   tcp-client PORT [finish|vanish]: connect to PORT here, send what stands on
   standard input, with `finish' say that there is no more, and print what
   comes until the server hangs up; with `vanish' break the connection
   instead.  It is written as textbooks write their
   first client, so that it shares no idea with what it tests.  */

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

int
main (int argc, char **argv)
{
  struct sockaddr_in server;
  char buffer[4096];
  ssize_t count;
  int sock;

  if (argc < 2)
    {
      fputs ("usage: tcp-client PORT [finish|vanish]\n", stderr);
      return 2;
    }
  memset (&server, 0, sizeof server);
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  server.sin_port = htons ((unsigned short) atoi (argv[1]));

  sock = socket (AF_INET, SOCK_STREAM, 0);
  if (sock < 0)
    fail ("socket");
  if (connect (sock, (struct sockaddr *) &server, sizeof server) < 0)
    fail ("connect");
  while ((count = read (STDIN_FILENO, buffer, sizeof buffer)) > 0)
    if (send (sock, buffer, (size_t) count, 0) != count)
      fail ("send");
  if (argc > 2 && strcmp (argv[2], "vanish") == 0)
    {
      struct linger at_once = { 1, 0 };
      setsockopt (sock, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return 0;
    }
  if (argc > 2 && shutdown (sock, SHUT_WR) < 0)
    fail ("shutdown");
  while ((count = recv (sock, buffer, sizeof buffer, 0)) > 0)
    if (fwrite (buffer, 1, (size_t) count, stdout) != (size_t) count)
      fail ("write");
  if (count < 0)
    fail ("recv");
  close (sock);
  return 0;
}
