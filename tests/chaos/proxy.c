/* proxy.c -- a bad network between clients and a server

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Usage: chaos-proxy SEED SERVER-PORT LOG FATES SPREAD

   Prints the port it listens on, then passes on what comes, in splinters,
   late, or after a silence, and breaks FATES connections, each within SPREAD
   bytes: as the seed says.  What it does depends on the seed and on the
   number of the connection, not on time.

   LOG is a history (see history.h) of the server: what its side of each
   connection was sent, and all that came out of it, passed on or not.  SIGTERM
   ends the proxy when the last connection has ended, at the latest after
   20 s.  */

#include "bytes.h"
#include "faults.h"
#include "history-log.h"
#include "sockets.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 512
#define PIPE_BYTES 65536
#define PATIENCE_SECONDS 20

/* One way of a connection.  */
struct pipe
{
  struct bytes bytes;           /* came, and not yet passed on */
  size_t passed;
  double not_before;            /* when the next piece may pass */
  bool ended;                   /* no more will come */
};

struct connection
{
  int number;
  int client, server;           /* descriptors; the client's may be -1 */
  struct faults faults;
  bool finished;                /* the server was told that the client has */
  struct pipe pipes[WAYS];
};

static struct connection *connections[CONNECTIONS];
static int connection_count, number_of_all, fates_left;
static int cuts, resets, silences;
static size_t spread;
static uint64_t seed;
static FILE *history;
static volatile sig_atomic_t stopping;

static void
stop (int signal)
{
  (void) signal;
  stopping = 1;
}

/* --- Beginning and end of a connection ----------------------------------- */

static void
begin (int client, int server_port)
{
  struct connection *new = must_allocate (NULL, sizeof *new);

  *new = (struct connection) { .number = number_of_all++, .client = client,
    .server = loopback_connect (server_port) };
  new->faults = faults_draw (seed, new->number, spread, fates_left > 0);
  if (new->faults.fate != FATE_NONE)
    fates_left--;
  connections[connection_count++] = new;
  log_event (history, EVENT_OPEN, new->number, NULL, 0);
}

static void
leave_client (struct connection *connection)
{
  if (connection->client >= 0)
    close (connection->client);
  connection->client = -1;
  bytes_take (&connection->pipes[TO_CLIENT].bytes,
              connection->pipes[TO_CLIENT].bytes.size);
}

/* The server's side is over: EVENT says how.  */
static void
end (struct connection *connection, enum event event)
{
  log_event (history, event, connection->number, NULL, 0);
  if (event == EVENT_RESET)
    close_with_reset (connection->server);
  else
    close (connection->server);
  connection->server = -1;
  bytes_free (&connection->pipes[TO_SERVER].bytes);
}

static void
finish (struct connection *connection)
{
  shutdown (connection->server, SHUT_WR);
  connection->finished = true;
  log_event (history, EVENT_FINISH, connection->number, NULL, 0);
}

/* From now on nothing comes from the client; what the server still says is
   only written down.  */
static void
cut (struct connection *connection)
{
  leave_client (connection);
  bytes_take (&connection->pipes[TO_SERVER].bytes,
              connection->pipes[TO_SERVER].bytes.size);
  if (connection->server >= 0 && !connection->finished)
    finish (connection);
}

static void
meet_fate (struct connection *connection)
{
  enum fate fate = connection->faults.fate;

  connection->faults.fate = FATE_NONE;
  *(fate == FATE_RESET ? &resets : &cuts) += 1;
  if (fate == FATE_RESET && connection->client >= 0)
    {
      close_with_reset (connection->client);
      connection->client = -1;
    }
  if (fate == FATE_RESET && connection->server >= 0)
    end (connection, EVENT_RESET);
  else
    cut (connection);
}

/* --- Receiving ----------------------------------------------------------- */

static void
note_came (struct connection *connection, enum way way, const char *bytes,
           size_t size)
{
  if (way == TO_CLIENT)
    log_event (history, EVENT_OUT, connection->number, bytes, size);
  if (way == TO_SERVER || connection->client >= 0)
    bytes_add (&connection->pipes[way].bytes, bytes, size);
}

static void
receive (struct connection *connection, enum way way)
{
  static char room[PIPE_BYTES];
  int fd = way == TO_SERVER ? connection->client : connection->server;
  ssize_t size = recv (fd, room, sizeof room, 0);

  if (size > 0)
    note_came (connection, way, room, size);
  else if (size == 0 || (errno != EAGAIN && errno != EINTR))
    {
      connection->pipes[way].ended = true;
      if (way == TO_CLIENT)
        end (connection, size == 0 ? EVENT_END : EVENT_BROKEN);
    }
}

static bool
wants_more (const struct connection *connection, enum way way)
{
  const struct pipe *pipe = &connection->pipes[way];
  int fd = way == TO_SERVER ? connection->client : connection->server;

  return fd >= 0 && !pipe->ended && pipe->bytes.size < PIPE_BYTES;
}

/* --- Passing on ---------------------------------------------------------- */

/* How many bytes may pass before something happens.  */
static size_t
piece_of (const struct connection *connection, enum way way)
{
  const struct faults *faults = &connection->faults;
  const struct pipe *pipe = &connection->pipes[way];
  size_t piece = pipe->bytes.size;

  if (faults->piece > 0 && piece > faults->piece)
    piece = faults->piece;
  if (faults->silence > 0 && faults->silent_way == way
      && piece > faults->silent_after - pipe->passed)
    piece = faults->silent_after - pipe->passed;
  if (faults->fate != FATE_NONE && faults->fate_way == way
      && piece > faults->fate_after - pipe->passed)
    piece = faults->fate_after - pipe->passed;
  return piece;
}

static bool
is_due (const struct connection *connection, enum way way, double now)
{
  return connection->pipes[way].not_before <= now;
}

static void
fall_silent (struct connection *connection, double now)
{
  for (enum way way = 0; way < WAYS; way++)
    connection->pipes[way].not_before = now + connection->faults.silence;
  connection->faults.silence = 0;
  silences++;
}

static void
count_passed (struct connection *connection, enum way way, size_t size,
              double now)
{
  const struct faults *faults = &connection->faults;
  struct pipe *pipe = &connection->pipes[way];

  bytes_take (&pipe->bytes, size);
  pipe->passed += size;
  pipe->not_before = now + faults->delay;
}

/* Send a piece.  Return whether another may follow at once.  */
static bool
pass (struct connection *connection, enum way way, double now)
{
  struct pipe *pipe = &connection->pipes[way];
  int fd = way == TO_SERVER ? connection->server : connection->client;
  size_t piece = piece_of (connection, way);
  ssize_t size = fd < 0 || piece == 0 ? 0
    : send (fd, pipe->bytes.data, piece, MSG_NOSIGNAL);

  if (size > 0)
    {
      if (way == TO_SERVER)
        log_event (history, EVENT_IN, connection->number, pipe->bytes.data,
                   size);
      count_passed (connection, way, size, now);
      return true;
    }
  if (size < 0 && errno != EAGAIN && errno != EINTR)
    {
      /* Whoever it is doesn't listen any more.  */
      bytes_take (&pipe->bytes, pipe->bytes.size);
      if (way == TO_CLIENT)
        cut (connection);
    }
  return false;
}

/* Do what is due now at CONNECTION.  */
static void
work (struct connection *connection, double now)
{
  struct faults *faults = &connection->faults;

  for (enum way way = 0; way < WAYS; way++)
    {
      struct pipe *pipe = &connection->pipes[way];

      while (pipe->bytes.size > 0 && is_due (connection, way, now))
        if (!pass (connection, way, now))
          break;
      if (faults->silence > 0 && faults->silent_way == way
          && pipe->passed == faults->silent_after)
        fall_silent (connection, now);
      if (faults->fate != FATE_NONE && faults->fate_way == way
          && pipe->passed == faults->fate_after
          && is_due (connection, way, now))
        meet_fate (connection);
    }
  if (connection->pipes[TO_SERVER].ended && connection->server >= 0
      && connection->pipes[TO_SERVER].bytes.size == 0)
    cut (connection);
  if (connection->server < 0 && connection->client >= 0
      && connection->pipes[TO_CLIENT].bytes.size == 0)
    leave_client (connection);
}

/* --- All of them --------------------------------------------------------- */

static bool
is_over (const struct connection *connection)
{
  return connection->client < 0 && connection->server < 0;
}

static void
forget (struct connection *connection)
{
  if (connection->faults.fate != FATE_NONE)
    fates_left++;               /* for another one */
  for (enum way way = 0; way < WAYS; way++)
    bytes_free (&connection->pipes[way].bytes);
  free (connection);
}

static void
work_on_all (double now)
{
  for (int i = 0; i < connection_count;)
    {
      work (connections[i], now);
      if (is_over (connections[i]))
        {
          forget (connections[i]);
          connections[i] = connections[--connection_count];
        }
      else
        i++;
    }
}

static short
wanted (const struct connection *connection, enum way in, enum way out,
        double now, double *next)
{
  const struct pipe *pipe = &connection->pipes[out];
  short events = wants_more (connection, in) ? POLLIN : 0;

  if (pipe->bytes.size > 0 && is_due (connection, out, now))
    events |= POLLOUT;
  else if (pipe->not_before > now)
    *next = fmin (*next, pipe->not_before);
  return events;
}

static void
wait_for_something (int listener, int server_port, double now)
{
  static struct pollfd polled[2 * CONNECTIONS + 1];
  double next = now + 1;
  int count = connection_count;

  for (int i = 0; i < count; i++)
    {
      const struct connection *c = connections[i];

      polled[2 * i] = (struct pollfd)
        { .fd = c->client,
          .events = wanted (c, TO_SERVER, TO_CLIENT, now, &next) };
      polled[2 * i + 1] = (struct pollfd)
        { .fd = c->server,
          .events = wanted (c, TO_CLIENT, TO_SERVER, now, &next) };
      for (int j = 2 * i; j < 2 * i + 2; j++)
        if (polled[j].events == 0)
          polled[j].fd = -1;
    }
  polled[2 * count] = (struct pollfd)
    { .fd = stopping || count == CONNECTIONS ? -1 : listener,
      .events = POLLIN };
  if (poll (polled, 2 * count + 1, (int) ceil ((next - now) * 1000)) <= 0)
    return;
  for (int i = 0; i < count; i++)
    for (enum way way = 0; way < WAYS; way++)
      if (polled[2 * i + way].revents & (POLLIN | POLLHUP | POLLERR)
          && wants_more (connections[i], way))
        receive (connections[i], way);
  if (polled[2 * count].revents & POLLIN)
    {
      int client = loopback_accept (listener);

      if (client >= 0)
        begin (client, server_port);
    }
}

int
main (int argc, char **argv)
{
  int port, listener = loopback_listen (&port);
  double now = seconds_now (), end_at = INFINITY;

  if (argc != 6 || (history = fopen (argv[3], "w")) == NULL)
    return 2;
  seed = strtoull (argv[1], NULL, 10);
  fates_left = atoi (argv[4]);
  spread = strtoul (argv[5], NULL, 10);
  sigaction (SIGTERM, &(struct sigaction) { .sa_handler = stop }, NULL);
  printf ("%d\n", port);
  fclose (stdout);
  while (now < end_at && !(stopping && connection_count == 0))
    {
      wait_for_something (listener, atoi (argv[2]), now);
      now = seconds_now ();
      work_on_all (now);
      if (stopping && isinf (end_at))
        end_at = now + PATIENCE_SECONDS;
    }
  fprintf (stderr, "%d connections, %d cut, %d reset, %d silences\n",
           number_of_all, cuts, resets, silences);
  return fclose (history) != 0;
}
