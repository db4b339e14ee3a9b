/* load.c -- clients that talk, and come back when they are cut off

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Usage: chaos-load SEED PROXY-PORT SERVER-PORT CLIENTS MESSAGES LOG

   CLIENTS come in by the proxy and send MESSAGES to each other, in bursts;
   after each a client sends one to itself and waits for it, so that it knows
   that the server has seen the burst.  Who is cut off or reset comes back
   under its own name, again and again until the server lets it in.  When all
   of them have heard themselves for the last time, they log out, one after
   the other.  Exit with 0 when all have gone.

   LOG is a history (see history.h) as the clients see it: what came in is
   what they handed to their sockets, and each connection that didn't end by
   logout was reset.  Two more clients, who come straight to SERVER-PORT and
   are in no log, send to themselves, and how long that takes is printed.  */

#include "bytes.h"
#include "history-log.h"
#include "random.h"
#include "sockets.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 64
#define PROBES 2
#define BURST 32
#define BIG_TEXT 3000
#define PAUSE_SECONDS 0.002     /* between two probes */
#define DEADLINE_SECONDS 250    /* then something has been lost */

enum state
{
  AWAY, GREETING, THERE, LISTENING, RESTING, LEAVING, GONE
};

struct client
{
  int index, fd, connection;
  enum state state;
  bool goodbye;                 /* the server has said it */
  double not_before;            /* before that a probe is silent */
  struct bytes in, out;
  long quota;                   /* messages left to send */
  long numbers[CLIENTS + PROBES];       /* the newest to each */
  double sent_at;               /* a probe's newest message */
};

static struct client clients[CLIENTS + PROBES];
static int client_count, connection_count, proxy_port, server_port;
static uint64_t randomness;
static FILE *history;
static double *trips;
static size_t trip_count;
static long returns;

static bool
is_probe (const struct client *client)
{
  return client->index >= client_count;
}

static void
note (const struct client *client, enum event event, const char *bytes,
      size_t size)
{
  if (!is_probe (client))
    log_event (history, event, client->connection, bytes, size);
}

/* --- Saying -------------------------------------------------------------- */

static void
say (struct client *client, const char *target, const char *action,
     const char *data)
{
  char start[64];
  int size = snprintf (start, sizeof start, "(c%d %s %s ", client->index,
                       target, action);

  bytes_add (&client->out, start, size);
  bytes_add (&client->out, data, strlen (data));
  bytes_add (&client->out, ")", 1);
}

/* Text that is hard on whoever looks for the end of a request.  */
static void
add_filling (char *text, size_t size)
{
  static const char *const bits[] =
    { "a", "bc ", "(", ")", "\\\"", "\\\\", "\\n", "\xc3\xa9", "server",
      "(c1 c2 receive-msg 7)" };
  size_t bit;

  while (size >= 32)
    {
      bit = random_below (&randomness, sizeof bits / sizeof bits[0]);
      strcat (text, bits[bit]);
      text += strlen (text);
      size -= strlen (bits[bit]);
    }
}

static void
send_message (struct client *client, int to)
{
  char target[16], text[BIG_TEXT + 64];
  size_t size = random_once_in (&randomness, 50) ? BIG_TEXT : 32 + 40;

  snprintf (target, sizeof target, "c%d", to);
  snprintf (text, sizeof text, "\"%ld c%d>c%d ", ++client->numbers[to],
            client->index, to);
  if (!is_probe (client))
    add_filling (text + strlen (text), random_below (&randomness, size));
  strcat (text, "\"");
  say (client, target, "send-msg", text);
}

static void
send_burst (struct client *client)
{
  long burst = 1 + random_below (&randomness, BURST);

  for (; burst > 0 && client->quota > 0; burst--, client->quota--)
    send_message (client, random_below (&randomness, client_count));
  send_message (client, client->index);
  client->state = LISTENING;
}

static void
send_probe (struct client *client, double now)
{
  send_message (client, client->index);
  client->sent_at = now;
  client->state = LISTENING;
}

/* --- Hearing ------------------------------------------------------------- */

static void
came_home (struct client *client)
{
  double now = seconds_now ();

  if (is_probe (client))
    {
      trips = must_allocate (trips, (trip_count + 1) * sizeof *trips);
      trips[trip_count++] = now - client->sent_at;
      client->not_before = now + PAUSE_SECONDS;
      client->state = THERE;
    }
  else
    client->state = client->quota > 0 ? THERE : RESTING;
}

static void
hear (struct client *client, const char *text, size_t size)
{
  char mine[64], action[32];
  long number;
  int length = snprintf (mine, sizeof mine, "(c%d c%d receive-msg \"",
                         client->index, client->index);

  if (sscanf (text, "(server %*s %31[a-z]", action) == 1)
    {
      if (client->state == GREETING && strcmp (action, "welcome") == 0)
        {
          say (client, "server", "thanks", "()");
          client->state = THERE;
        }
      if (client->state == LEAVING && strcmp (action, "goodbye") == 0)
        client->goodbye = true;
    }
  else if (client->state == LISTENING && (int) size > length
           && memcmp (text, mine, length) == 0
           && sscanf (text + length, "%ld", &number) == 1
           && number == client->numbers[client->index])
    came_home (client);
}

/* --- Connections --------------------------------------------------------- */

static void
come (struct client *client)
{
  client->fd = loopback_connect (is_probe (client) ? server_port
                                 : proxy_port);
  client->state = GREETING;
  if (!is_probe (client))
    client->connection = connection_count++;
  note (client, EVENT_OPEN, NULL, 0);
  say (client, "server", "hello", "()");
}

static void
go (struct client *client, bool orderly)
{
  close (client->fd);
  client->fd = -1;
  note (client, orderly && client->goodbye ? EVENT_END : EVENT_RESET, NULL, 0);
  bytes_free (&client->in);
  bytes_free (&client->out);
  if (client->state == LEAVING)
    client->state = GONE;
  else
    {
      client->state = AWAY;
      returns++;
    }
}

static void
receive (struct client *client)
{
  static char room[65536];
  ssize_t size = recv (client->fd, room, sizeof room, 0);
  size_t request;

  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size <= 0)
    {
      go (client, size == 0);
      return;
    }
  note (client, EVENT_OUT, room, size);
  bytes_add (&client->in, room, size);
  bytes_add (&client->in, "", 1);       /* for sscanf */
  client->in.size--;
  while ((request = request_size (client->in.data, client->in.size)) > 0)
    {
      hear (client, client->in.data, request);
      bytes_take (&client->in, request);
    }
}

static void
flush (struct client *client)
{
  ssize_t size = send (client->fd, client->out.data, client->out.size,
                       MSG_NOSIGNAL);

  if (size > 0)
    {
      note (client, EVENT_IN, client->out.data, size);
      bytes_take (&client->out, size);
    }
  else if (size < 0 && errno != EAGAIN && errno != EINTR)
    bytes_take (&client->out, client->out.size);        /* reading tells */
}

/* --- What each does next ------------------------------------------------- */

static void
act (struct client *client, double now, bool farewell)
{
  if (client->not_before > now)
    return;
  if (client->state == AWAY && farewell)
    client->state = GONE;
  else if (client->state == AWAY)
    come (client);
  else if (client->state == THERE && is_probe (client) && !farewell)
    send_probe (client, now);
  else if (client->state == THERE && !is_probe (client))
    send_burst (client);
  else if (farewell
           && (client->state == RESTING || client->state == THERE))
    {
      say (client, "server", "logout", "()");
      client->state = LEAVING;
    }
}

static bool
all_clients_rest (void)
{
  for (int i = 0; i < client_count; i++)
    if (clients[i].state != RESTING)
      return false;
  return true;
}

static bool
all_gone (void)
{
  for (int i = 0; i < client_count + PROBES; i++)
    if (clients[i].state != GONE)
      return false;
  return true;
}

static void
wait_for_something (double now)
{
  struct pollfd polled[CLIENTS + PROBES];
  int count = client_count + PROBES, wait_ms = 1000;

  for (int i = 0; i < count; i++)
    {
      const struct client *client = &clients[i];

      polled[i] = (struct pollfd)
        { .fd = client->fd,
          .events = POLLIN | (client->out.size > 0 ? POLLOUT : 0) };
      if (client->not_before > now)
        wait_ms = 1;
    }
  poll (polled, count, wait_ms);
  for (int i = 0; i < count; i++)
    {
      if (polled[i].revents & POLLOUT)
        flush (&clients[i]);
      if (polled[i].revents & (POLLIN | POLLHUP | POLLERR))
        receive (&clients[i]);
    }
}

/* --- All of them --------------------------------------------------------- */

static int
compare_trips (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
describe (double seconds)
{
  qsort (trips, trip_count, sizeof *trips, compare_trips);
  printf ("%d connections, %ld of them lost or refused, in %.1f s\n",
          connection_count, returns, seconds);
  if (trip_count > 0)
    printf ("round trips of clients on a good network: %zu, median %.2f ms, "
            "99th percentile %.2f ms (bound: 50 ms), longest %.2f ms\n",
            trip_count, trips[trip_count / 2] * 1e3,
            trips[trip_count * 99 / 100] * 1e3, trips[trip_count - 1] * 1e3);
}

static void
begin (long messages)
{
  for (int i = 0; i < client_count + PROBES; i++)
    clients[i] = (struct client)
      { .index = i, .fd = -1,
        .quota = i < client_count ? messages / client_count : 0 };
}

int
main (int argc, char **argv)
{
  double start = seconds_now (), now = start;
  bool farewell = false;

  if (argc != 7 || (client_count = atoi (argv[4])) > CLIENTS
      || client_count < 1 || (history = fopen (argv[6], "w")) == NULL)
    return 2;
  randomness = strtoull (argv[1], NULL, 10);
  proxy_port = atoi (argv[2]);
  server_port = atoi (argv[3]);
  begin (atol (argv[5]));
  while (!all_gone () && now < start + DEADLINE_SECONDS)
    {
      farewell = farewell || all_clients_rest ();
      for (int i = 0; i < client_count + PROBES; i++)
        act (&clients[i], now, farewell);
      wait_for_something (now);
      now = seconds_now ();
    }
  describe (now - start);
  return fclose (history) != 0 || !all_gone ();
}
