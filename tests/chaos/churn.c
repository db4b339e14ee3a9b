/* chaos/churn.c -- clients that come and go

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Usage: chaos-churn SERVER-PORT CONNECTIONS

   They come by twenties, each is let in, and leaves: by logout, by hanging
   up, by a reset, or in the middle of a request.  The last stays until the
   server has told it that all others have left.  Exit with 0 when all this
   has happened.  */

#define _GNU_SOURCE             /* memmem */
#include "bytes.h"
#include "sockets.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AT_ONCE 20
#define PATIENCE_MS 60000

struct client
{
  int fd;
  char name[16];
};

static void
say (const struct client *client, const char *action)
{
  char text[64];
  int size = snprintf (text, sizeof text, action, client->name);

  /* Little enough for any socket; a refusal shows when we read.  */
  if (send (client->fd, text, size, MSG_NOSIGNAL) != size)
    perror ("send");
}

/* Read until WANTED, with the name in it, or the end if that is NULL.  */
static void
hear (const struct client *client, const char *wanted)
{
  struct pollfd polled = { .fd = client->fd, .events = POLLIN };
  struct bytes heard = { 0 };
  char text[64], room[4096];
  ssize_t size = 1;

  if (wanted != NULL)
    snprintf (text, sizeof text, wanted, client->name, client->name);
  do
    {
      if (poll (&polled, 1, PATIENCE_MS) <= 0
          || (size = recv (client->fd, room, sizeof room, 0)) < 0
          || (size == 0 && wanted != NULL))
        {
          printf ("%s waited in vain for %s\n", client->name,
                  wanted != NULL ? text : "the end");
          exit (1);
        }
      bytes_add (&heard, room, size);
    }
  while (size > 0 && !(wanted != NULL && memmem (heard.data, heard.size,
                                                 text, strlen (text))));
  bytes_free (&heard);
}

static struct client
greet (int port, const char *name)
{
  struct client client = { .fd = loopback_connect (port) };
  struct pollfd polled = { .fd = client.fd, .events = POLLOUT };

  snprintf (client.name, sizeof client.name, "%s", name);
  poll (&polled, 1, PATIENCE_MS);
  say (&client, "(%s server hello ())");
  return client;
}

/* Come in, and wait for a client list that begins with LIST.  */
static void
enter (const struct client *client, const char *list)
{
  hear (client, "(server %s welcome ())");
  say (client, "(%s server thanks ())");
  hear (client, list);
}

static void
leave (const struct client *client, int how)
{
  switch (how)
    {
    case 0:
      say (client, "(%s server logout ())");
      hear (client, NULL);
      break;
    case 1:
      break;
    case 2:
      close_with_reset (client->fd);
      return;
    default:
      say (client, "(%s server logou");
    }
  close (client->fd);
}

int
main (int argc, char **argv)
{
  int port, count;
  struct client clients[AT_ONCE], last;
  char name[16];

  if (argc != 3 || (port = atoi (argv[1])) <= 0)
    return 2;
  count = atoi (argv[2]);
  for (int done = 0; done < count; done += AT_ONCE)
    {
      for (int i = 0; i < AT_ONCE; i++)
        {
          snprintf (name, sizeof name, "c%d", done + i);
          clients[i] = greet (port, name);
        }
      for (int i = 0; i < AT_ONCE; i++)
        enter (&clients[i], "(server %s client-list (");
      for (int i = 0; i < AT_ONCE; i++)
        leave (&clients[i], (done / AT_ONCE + i) % 4);
    }
  last = greet (port, "last");
  enter (&last, "(server %s client-list (%s))");
  leave (&last, 0);
  return 0;
}
