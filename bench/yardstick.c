/* yardstick.c -- the least that a relay of messages can cost

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   What a server is measured against: epoll, one thread.  It finds the end
   of each request, looks the destination up, copies the bytes, and writes
   once to each destination in each turn of its loop.  It shakes hands and
   sends client lists, so that the load generator can't tell it from a
   server.  It checks little, forgives nothing and isn't meant to be used.

   Usage: yardstick PORT   (serves until it is killed)  */

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NAME_BYTES = 32, READ_BYTES = 64 * 1024, EVENTS = 1024 };

struct bytes { char *data; size_t size, room; };

struct client
{
  int fd;
  char name[NAME_BYTES + 1];    /* "" until hello */
  size_t name_size;
  bool enrolled;
  bool unsent;                  /* linked into UNSENT */
  bool blocked;                 /* the kernel took no more */
  struct client *next_unsent;
  struct client *newer, *older; /* those enrolled, for the list */
  struct client *next_of_name;  /* in one bucket of NAMES */
  struct bytes input, output;
};

static int poller;
static struct client *newest;           /* of those enrolled */
static bool clients_changed;
static struct client *unsent;
static struct client *names[16 * 1024]; /* by hash */

static void
check (bool good, const char *what)
{
  if (!good)
    {
      perror (what);
      exit (1);
    }
}

static void
append (struct bytes *bytes, const char *data, size_t size)
{
  if (bytes->room - bytes->size < size)
    {
      bytes->room = 2 * bytes->room + size;
      bytes->data = realloc (bytes->data, bytes->room);
      check (bytes->data != NULL, "realloc");
    }
  memcpy (bytes->data + bytes->size, data, size);
  bytes->size += size;
}

/* --- Names ------------------------------------------------------------ */

static struct client **
bucket (const char *name, size_t size)
{
  uint32_t hash = 2166136261u;

  for (size_t i = 0; i < size; i++)
    hash = (hash ^ (uint8_t) name[i]) * 16777619u;
  return &names[hash % (sizeof names / sizeof names[0])];
}

static struct client *
find (const char *name, size_t size)
{
  struct client *client = *bucket (name, size);

  while (client != NULL
         && (client->name_size != size
             || memcmp (client->name, name, size) != 0))
    client = client->next_of_name;
  return client;
}

static void
forget (struct client *client)
{
  struct client **link = bucket (client->name, client->name_size);

  while (*link != NULL && *link != client)
    link = &(*link)->next_of_name;
  if (*link == client)
    *link = client->next_of_name;
}

/* --- Output ----------------------------------------------------------- */

static void
queue (struct client *client, const char *data, size_t size)
{
  append (&client->output, data, size);
  if (!client->unsent)
    {
      client->unsent = true;
      client->next_unsent = unsent;
      unsent = client;
    }
}

static void
watch (struct client *client, int operation)
{
  struct epoll_event event = {
    .events = EPOLLIN | (client->blocked ? EPOLLOUT : 0), .data.ptr = client };

  check (epoll_ctl (poller, operation, client->fd, &event) == 0, "epoll_ctl");
}

static void
send_queued (struct client *client)
{
  ssize_t sent = send (client->fd, client->output.data, client->output.size,
                       MSG_NOSIGNAL | MSG_DONTWAIT);
  bool blocked = sent < (ssize_t) client->output.size && errno == EAGAIN;

  if (sent > 0)
    {
      client->output.size -= sent;
      memmove (client->output.data, client->output.data + sent,
               client->output.size);
      blocked = client->output.size > 0;
    }
  else if (!blocked)
    client->output.size = 0;    /* broken: reading will tell */
  if (blocked != client->blocked)
    {
      client->blocked = blocked;
      watch (client, EPOLL_CTL_MOD);
    }
}

static void
send_all_queued (void)
{
  while (unsent != NULL)
    {
      struct client *client = unsent;
      unsent = client->next_unsent;
      client->unsent = false;
      if (client->fd >= 0 && !client->blocked)
        send_queued (client);
    }
}

/* Queue the names of all for everybody, newest first.  */
static void
announce (void)
{
  static struct bytes list;
  char head[NAME_BYTES + 32];

  clients_changed = false;
  list.size = 0;
  append (&list, "(", 1);
  for (struct client *client = newest; client != NULL; client = client->older)
    {
      append (&list, client->name, client->name_size);
      if (client->older != NULL)
        append (&list, " ", 1);
    }
  append (&list, "))", 2);
  for (struct client *client = newest; client != NULL; client = client->older)
    {
      queue (client, head, sprintf (head, "(server %s client-list ",
                                    client->name));
      queue (client, list.data, list.size);
    }
}

/* --- Requests --------------------------------------------------------- */

static void
enrol (struct client *client)
{
  client->enrolled = true;
  client->older = newest;
  if (newest != NULL)
    newest->newer = client;
  newest = client;
  clients_changed = true;
}

static void
hang_up (struct client *client)
{
  if (client->enrolled)
    {
      *(client->newer != NULL ? &client->newer->older : &newest)
        = client->older;
      if (client->older != NULL)
        client->older->newer = client->newer;
      clients_changed = true;
    }
  forget (client);
  close (client->fd);
  client->fd = -1;              /* it may be in UNSENT: not freed */
}

static bool
shake_hands (struct client *client, const char *name, size_t name_size,
             const char *action, size_t action_size)
{
  char answer[NAME_BYTES + 32];

  if (action_size == 6 && memcmp (action, "thanks", 6) == 0
      && client->name_size > 0)
    {
      enrol (client);
      return true;
    }
  if (action_size != 5 || memcmp (action, "hello", 5) != 0
      || client->name_size > 0
      || name_size > NAME_BYTES || find (name, name_size) != NULL)
    return false;
  memcpy (client->name, name, name_size);
  client->name_size = name_size;
  client->next_of_name = *bucket (name, name_size);
  *bucket (name, name_size) = client;
  queue (client, answer, sprintf (answer, "(server %s welcome ())",
                                  client->name));
  return true;
}

/* Return the word at *START, its size in *SIZE, and go past it.  */
static const char *
word (const char **start, const char *end, size_t *size)
{
  const char *first = *start;
  const char *after = memchr (first, ' ', end - first);

  if (after == NULL)
    after = end - 1;
  *size = after - first;
  *start = after + 1;
  return first;
}

/* Do what the request from START to END, parentheses included, asks for.
   Return false to hang up.  */
static bool
serve (struct client *client, const char *start, const char *end)
{
  size_t source_size, name_size, action_size;
  start++;
  const char *source = word (&start, end, &source_size);
  const char *name = word (&start, end, &name_size);
  const char *action = word (&start, end, &action_size);
  struct client *receiver;

  if (!client->enrolled)
    return shake_hands (client, source, source_size, action, action_size);
  if (action_size != 8 || memcmp (action, "send-msg", 8) != 0 || start > end)
    return false;
  receiver = find (name, name_size);
  if (receiver == NULL)
    return true;
  queue (receiver, "(", 1);
  append (&receiver->output, client->name, client->name_size);
  append (&receiver->output, " ", 1);
  append (&receiver->output, receiver->name, receiver->name_size);
  append (&receiver->output, " receive-msg ", 13);
  append (&receiver->output, start, end - start);
  return true;
}

/* Return the end of the request that begins at START, or NULL.  */
static const char *
request_end (const char *start, const char *end)
{
  int depth = 0;

  for (const char *at = start; at < end; at++)
    switch (*at)
      {
      case '(':
        depth++;
        break;
      case ')':
        if (--depth <= 0)
          return at + 1;
        break;
      case '"':
        for (at++; at < end && *at != '"'; at++)
          if (*at == '\\')
            at++;
        break;
      }
  return NULL;
}

/* Serve the whole requests from START to END; return what is left, or NULL
   after hanging up.  */
static const char *
serve_requests (struct client *client, const char *start, const char *end)
{
  const char *after;

  while (start < end && (after = request_end (start, end)) != NULL)
    {
      if (!serve (client, start, after))
        {
          hang_up (client);
          return NULL;
        }
      start = after;
    }
  return start;
}

static void
receive (struct client *client)
{
  static char bytes[READ_BYTES];
  ssize_t size = recv (client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
  const char *left;

  if (size < 0 && errno == EAGAIN)
    return;
  if (size <= 0)
    {
      hang_up (client);
      return;
    }
  if (client->input.size == 0)
    {
      left = serve_requests (client, bytes, bytes + size);
      if (left != NULL && left < bytes + size)
        append (&client->input, left, bytes + size - left);
      return;
    }
  append (&client->input, bytes, size);
  const char *end = client->input.data + client->input.size;
  left = serve_requests (client, client->input.data, end);
  if (left != NULL)
    {
      memmove (client->input.data, left, end - left);
      client->input.size = end - left;
    }
}

/* --- Connections ------------------------------------------------------ */

static void
accept_clients (int listener)
{
  int fd, on = 1;

  while ((fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
    {
      struct client *client = calloc (1, sizeof *client);
      check (client != NULL, "calloc");
      client->fd = fd;
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch (client, EPOLL_CTL_ADD);
    }
}

static int
listen_at (int port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;

  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  check (bind (listener, (struct sockaddr *) &address, sizeof address) == 0
         && listen (listener, 1024) == 0, "listen");
  return listener;
}

int
main (int argc, char **argv)
{
  static struct epoll_event events[EVENTS];
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
  struct rlimit files;
  int listener = listen_at (argc == 2 ? atoi (argv[1]) : 0);

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  poller = epoll_create1 (0);
  epoll_ctl (poller, EPOLL_CTL_ADD, listener, &event);
  for (;;)
    {
      int count = epoll_wait (poller, events, EVENTS, -1);

      for (int i = 0; i < count; i++)
        {
          struct client *client = events[i].data.ptr;

          if (client == NULL)
            accept_clients (listener);
          else if (client->fd >= 0)
            {
              if (events[i].events & EPOLLOUT)
                send_queued (client);
              if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                receive (client);
            }
        }
      if (clients_changed)
        announce ();
      send_all_queued ();
    }
}
