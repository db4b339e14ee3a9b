/* tcp-server.c -- a server that isn't ours

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   tcp-server END: print the port it listens on here, accept one client, and
   receive up to the byte whose number END is.  Print what was received,
   send what stands on standard input, and close.  With END `at-once' nothing
   is received first; with `at-end' all is, until the client has finished;
   with `reset' the connection is broken as soon as it stands.  */

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

static int
listen_here (void)
{
  struct sockaddr_in here;
  socklen_t size = sizeof here;
  int sock = socket (AF_INET, SOCK_STREAM, 0);

  if (sock < 0)
    fail ("socket");
  memset (&here, 0, sizeof here);
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (bind (sock, (struct sockaddr *) &here, size) < 0)
    fail ("bind");
  if (listen (sock, 5) < 0)
    fail ("listen");
  if (getsockname (sock, (struct sockaddr *) &here, &size) < 0)
    fail ("getsockname");
  printf ("%d\n", ntohs (here.sin_port));
  fflush (stdout);
  return sock;
}

/* Print what comes, up to the byte END; to the last byte if END is -1.  */
static void
receive (int client, int end)
{
  unsigned char byte;

  while (recv (client, &byte, 1, 0) == 1)
    {
      if (byte == end)
        return;
      putchar (byte);
    }
}

int
main (int argc, char **argv)
{
  const char *end = argc > 1 ? argv[1] : "at-end";
  char buffer[4096];
  ssize_t count;
  int server = listen_here ();
  int client = accept (server, NULL, NULL);

  if (client < 0)
    fail ("accept");
  if (strcmp (end, "reset") == 0)
    {
      struct linger at_once = { 1, 0 };
      setsockopt (client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close (client);
      return 0;
    }
  if (strcmp (end, "at-once") != 0)
    receive (client, strcmp (end, "at-end") == 0 ? -1 : atoi (end));
  while ((count = read (STDIN_FILENO, buffer, sizeof buffer)) > 0)
    if (send (client, buffer, (size_t) count, 0) != count)
      fail ("send");
  close (client);
  close (server);
  return 0;
}
