/* test-faults.c -- a call that fails costs one connection at most

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A small server and its clients live through a whole day: connecting,
   requests in pieces, a reader that stops for a while, a half-close, a
   reset, a farewell.  Then again, for each call the core makes and each
   way it can fail: at its first use, at its second, and so on until the
   day is over before the use that would fail.

   The calls by which libuv ends the process are listed in tests/README.md
   and not tried here.  */

#include "faults-sweep.h"

#include "listener.h"
#include "lookup.h"
#include "timer.h"
#include "xml.h"

#include <netinet/tcp.h>
#include <sys/resource.h>

/* --- What can fail, and what that may cost ------------------------------ */

/* Failures that come and go: at once, and 20 times in a row.  */
static const struct fault passing[] =
{
  { ACCEPT, { EINTR, EAGAIN, ECONNABORTED, EPROTO, EPERM, ENETDOWN }, 0, 0 },
  { CONNECT, { EINTR }, 0, 0 },
  { EPOLL_WAIT, { EINTR }, 0, 0 },
  { GETRLIMIT, { EPERM }, 0, 0 },
  { NONBLOCK, { EINTR }, 0, 0 },
  { POLL, { EINTR, ENOMEM }, 0, 0 },
  { RECV, { EINTR, EAGAIN, SHORT }, 0, 0 },
  { SEND, { EINTR, EAGAIN, SHORT }, 0, 0 },
  { SHUTDOWN, { ENOTCONN, ENOBUFS }, 0, 0 },
  { WAKE_READ, { EINTR, EAGAIN }, 0, 0 },
  { WAKE_WRITE, { EINTR }, 0, 0 },
  { CLOSE, { EINTR, EIO }, 0, 0 },
  { FCNTL, { EPERM }, 0, 0 },
  { SETSOCKOPT, { ENOMEM, ENOPROTOOPT }, 0, 0 }
};

/* Failures that may last: once, for half a second, and for ever.  */
static const struct fault lasting[] =
{
  { ACCEPT, { EMFILE, ENFILE, ENOBUFS, ENOMEM }, 0, 0 },
  { BIND, { EADDRINUSE, EACCES, ENOMEM }, 0, 0 },
  { CONNECT, { ECONNREFUSED, ENETUNREACH, ETIMEDOUT, EADDRNOTAVAIL, EAGAIN,
               ENOMEM }, 0, 1 },
  { EPOLL_ADD, { ENOMEM, ENOSPC }, 1, 1 },
  { GETADDRINFO, { -EAI_AGAIN, -EAI_FAIL, -EAI_MEMORY, -EAI_SYSTEM }, 0, 0 },
  { GETPEERNAME, { ENOBUFS, ENOTCONN }, 0, 0 },
  { GETSOCKNAME, { ENOBUFS }, 0, 0 },
  { GETSOCKOPT, { ENOBUFS }, 0, 1 },
  { LISTEN, { EADDRINUSE }, 0, 0 },
  { NONBLOCK, { EINVAL }, 1, 1 },
  { RECV, { ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOMEM }, 1, 1 },
  { SEND, { ECONNRESET, EPIPE, ETIMEDOUT, ENOBUFS, ENOMEM }, 1, 1 },
  { SOCKET, { EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES }, 0, 1 },
  { MALLOC, { ENOMEM }, 1, 0 },
  { CALLOC, { ENOMEM }, 0, 1 },
  { REALLOC, { ENOMEM }, 1, 1 },
  { UV_MALLOC, { ENOMEM }, 0, 0 },
  { UV_CALLOC, { ENOMEM }, 0, 0 },
  { MEMORY, { ENOMEM }, 1, 1 }
};

/* --- Peers -------------------------------------------------------------- */

enum { TALKER, READER, CUTTER, DRIPPER, PEERS };
enum { LONG_BYTES = 256 * 1024, NEWS_BYTES = 1000 };

#define GREETING "(hello)"

static const char *const speech[PEERS] =
{
  "(hello 0)(a \"b\")(c)",
  "(long)",
  "(hel",
  "(d)(e f)"
};

/* All that the server is to say to each.  */
static char *expected[PEERS];
static size_t expected_size[PEERS];

static struct peer
{
  int fd;
  size_t said;
  size_t got;
  bool wrong;                   /* other bytes than expected */
  bool ended;
} peers[PEERS];

static void
peer_says (struct peer *peer, size_t most)
{
  const char *text = speech[peer - peers];
  size_t left = strlen (text) - peer->said;

  if (left > most)
    left = most;
  if (left > 0 && !peer->ended
      && send (peer->fd, text + peer->said, left, MSG_NOSIGNAL) > 0)
    peer->said += left;
}

static void
peer_hears (struct peer *peer)
{
  static char bytes[LONG_BYTES];
  int number = peer - peers;
  ssize_t count;

  while (!peer->ended
         && (count = recv (peer->fd, bytes, sizeof bytes,
                           MSG_DONTWAIT)) != -1)
    {
      if (count == 0)
        peer->ended = true;
      else if (peer->got + count > expected_size[number]
               || memcmp (bytes, expected[number] + peer->got, count) != 0)
        peer->wrong = true;
      peer->got += count;
    }
  if (!peer->ended && errno != EAGAIN)
    peer->ended = true;
}

/* Whether PEER has heard all, so the server may have closed.  */
static bool
peer_is_served (const struct peer *peer)
{
  return peer->got == expected_size[peer - peers];
}

/* What the peers do in TURN.  */
static void
peers_act (int turn)
{
  peer_says (&peers[TALKER], 5);
  peer_says (&peers[READER], 100);
  peer_says (&peers[DRIPPER], 1);
  if (turn == 3)
    peer_says (&peers[CUTTER], 100);
  if (turn == 5)
    {
      peer_reset (peers[CUTTER].fd);
      peers[CUTTER].fd = -1;
    }
  if (peers[TALKER].said == strlen (speech[TALKER]))
    shutdown (peers[TALKER].fd, SHUT_WR);
  peer_hears (&peers[TALKER]);
  peer_hears (&peers[DRIPPER]);
  if (turn > 15)
    peer_hears (&peers[READER]);
}

/* --- The server ---------------------------------------------------------- */

static struct descriptor *listener;
static struct lookup *lookup;
static struct timer *timer;
static struct stream *caller;   /* our own connection to the server */
static bool caller_spoke, caller_heard;
static bool told;               /* that something failed */
static struct shared_bytes *news;
static struct stream *streams[PEERS + 2];       /* and whom we call */

static void
say (struct stream *stream, const void *bytes, size_t size)
{
  if (buffer_append (&stream->output, bytes, size) < 0)
    stream_fail (stream, -ENOMEM);
  stream_wrote (stream);
}

static void
greet (struct stream *stream)
{
  int few = 16 * 1024;
  struct sockaddr_storage address;

  /* So that long output doesn't fit.  */
  faults_pause ();
  setsockopt (stream->fd, SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
  faults_resume ();
  told |= stream_address (stream, true, &address) < 0;
  say (stream, GREETING, strlen (GREETING));
  watch (stream, INTEREST_READ);
  for (size_t i = 0; i < LENGTH (streams); i++)
    if (streams[i] == NULL)
      {
        streams[i] = stream;
        return;
      }
  fail_msg ("%s: more connections than clients", trial);
}

/* Answer a frame: "(long)" with much, and with news at its end, others
   with themselves.  */
static void
answer (struct stream *stream, const uint8_t *bytes, size_t size)
{
  if (size != 6 || memcmp (bytes, "(long)", 6) != 0)
    {
      say (stream, bytes, size);
      return;
    }
  say (stream, expected[READER] + strlen (GREETING), LONG_BYTES);
  if (news != NULL && stream_send_latest (stream, (uint8_t *) "(old ", 5,
                                          news) == 0
      && stream_send_latest (stream, (uint8_t *) "(new ", 5, news) < 0)
    stream_fail (stream, -ENOMEM);
}

/* As a Guile port does it, once in a while.  */
static void
take_and_give_back (struct stream *stream)
{
  uint8_t bytes[3];
  size_t count = stream_take (stream, bytes, sizeof bytes);

  if (stream_untake (stream, bytes, count) < 0)
    stream_fail (stream, -ENOMEM);
}

static void
serve (struct stream **variable)
{
  struct stream *stream = *variable;
  const uint8_t *bytes;
  size_t size;

  take_and_give_back (stream);
  while (stream_next_frame (stream, &bytes, &size) == FRAME_COMPLETE)
    {
      answer (stream, bytes, size);
      stream_consume_frame (stream);
    }
  if (stream->eof || stream->error != 0)
    close_source (variable);
  else
    source_settle (&stream->source);
}

static void
run_caller (void)
{
  const uint8_t *bytes;
  size_t size;

  if (!caller_spoke)
    say (caller, "(call)", 6);
  caller_spoke = true;
  while (stream_next_frame (caller, &bytes, &size) == FRAME_COMPLETE)
    {
      if (size == 6)
        caller_heard = memcmp (bytes, "(call)", 6) == 0;
      stream_consume_frame (caller);
    }
  if (caller_heard || caller->eof || caller->error != 0)
    close_source (&caller);
  else
    source_settle (&caller->source);
}

static void
accept_who_waits (void)
{
  struct stream *stream;
  int status = listener_accept (listener, &stream);

  if (status == 0)
    greet (stream);
  else if (status != -EAGAIN)
    told = true;
  source_settle (&listener->source);
}

/* Whatever is ready, once.  */
static void
dispatch (void)
{
  for (int count = reactor_ready_count (&reactor); count > 0; count--)
    {
      struct source *source = reactor_next (&reactor);

      if (source == NULL)
        return;
      if (source == &listener->source)
        accept_who_waits ();
      else if (caller != NULL && source == &caller->source)
        run_caller ();
      else if (timer != NULL && source == &timer->source)
        {
          reactor_hand_back (&reactor, source);
          source_unlink (source);
          timer->source.interest = 0;
          timer = NULL;
        }
      else if (lookup != NULL && source == &lookup->source)
        {
          told |= lookup->status < 0;
          close_source (&lookup);
        }
      for (size_t i = 0; i < LENGTH (streams); i++)
        if (streams[i] != NULL && source == &streams[i]->source)
          serve (&streams[i]);
    }
}

/* --- The day ------------------------------------------------------------- */

enum
{
  DAY_MS = 4000,                /* of the clock that skips its sleeps */
  MOST_TURNS = 1500             /* in a day: a reactor that spins has more */
};

static bool
open_server (struct sockaddr_storage *address)
{
  /* Whoever is told of a failure may try again.  */
  for (int tries = 0; tries < 3 && listener == NULL; tries++)
    {
      *address = loopback (0);
      if (listener_open (&reactor, address, IM_BACKLOG, &listener) < 0)
        told = true;
      else if (listener_address (listener, address) < 0)
        {
          told = true;
          close_source (&listener);
        }
    }
  if (listener != NULL)
    source_set_interest (&reactor, &listener->source, INTEREST_READ);
  return listener != NULL;
}

static void
look_up_and_set_timer (void)
{
  if (lookup_new (&reactor, "127.0.0.1", &lookup) < 0)
    told = true;
  else
    source_set_interest (&reactor, &lookup->source, INTEREST_READ);
  faults_skip_sleep = false;    /* another thread works on it */
  while (lookup != NULL && faults_turns () < MOST_TURNS)
    {
      reactor_run (&reactor, 1000);
      dispatch ();
    }
  faults_skip_sleep = true;
  timer = timer_new (&reactor, 30);
  if (timer == NULL)
    told = true;
  else
    source_set_interest (&reactor, &timer->source, INTEREST_READ);
}

/* A peer for which what is sent to it doesn't all fit into the kernel.  A
   large segment would be acknowledged late.  */
static int
connect_in_small_pieces (const struct sockaddr_storage *address)
{
  int few = 16 * 1024, segment = 1000, on = 1;
  int peer = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  assert_true (peer >= 0);
  setsockopt (peer, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
  setsockopt (peer, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
  setsockopt (peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  assert_int_equal (connect (peer, (const struct sockaddr *) address,
                             address_length (address)), 0);
  return peer;
}

static void
open_clients (struct sockaddr_storage *address)
{
  memset (peers, 0, sizeof peers);
  for (int i = 0; i < PEERS; i++)
    PEER_DOES (peers[i].fd = connect_in_small_pieces (address));
  caller_spoke = caller_heard = false;
  if (stream_connect (&reactor, address, &caller) < 0)
    told = true;
  else
    watch (caller, INTEREST_READ | INTEREST_WRITE);
}

static bool
all_are_served (void)
{
  return (peer_is_served (&peers[TALKER]) || peers[TALKER].ended)
         && (peer_is_served (&peers[READER]) || peers[READER].ended)
         && (peer_is_served (&peers[DRIPPER]) || peers[DRIPPER].ended)
         && peers[CUTTER].fd < 0 && caller == NULL && timer == NULL;
}

static void
run_day (void)
{
  uint64_t end_ms = now_ms () + DAY_MS;

  for (int turn = 0; !all_are_served () && now_ms () < end_ms; turn++)
    {
      EXPECT (faults_turns () < MOST_TURNS);
      PEER_DOES (peers_act (turn));
      reactor_flush (&reactor);
      reactor_run (&reactor, 10);
      dispatch ();
    }
}

/* Close all; the peers hear the rest.  */
static void
close_the_day (void)
{
  for (size_t i = 0; i < LENGTH (streams); i++)
    close_source (&streams[i]);
  close_source (&caller);
  close_source (&timer);
  close_source (&listener);
  shared_bytes_release (news);
  news = NULL;
  for (int turn = 0; reactor.lingering != NULL
                     || count_handles () > handles_before; turn++)
    {
      EXPECT (faults_turns () < 2 * MOST_TURNS);
      for (int i = 0; i < PEERS; i++)
        if (peers[i].fd > 0)
          PEER_DOES (peer_hears (&peers[i]));
      /* All but one hang up when they have heard the end.  */
      for (int i = TALKER; i <= READER; i++)
        if (peers[i].fd > 0 && peers[i].ended)
          PEER_DOES (peer_reset (peers[i].fd); peers[i].fd = -1);
      reactor_run (&reactor, 100);
    }
  for (int i = 0; i < PEERS; i++)
    if (peers[i].fd > 0)
      PEER_DOES (peer_hears (&peers[i]); peer_reset (peers[i].fd));
}

/* How many of the server's clients were not served to the end.  */
static int
count_lost_clients (void)
{
  int lost = 0;

  for (int i = 0; i < PEERS; i++)
    if (i != CUTTER && !(peers[i].ended && peer_is_served (&peers[i])))
      lost++;
  return lost;
}

/* Live through a day.  Return whether the server could be opened.  */
static bool
live (void)
{
  struct sockaddr_storage address;

  told = caller_heard = false;
  memset (peers, 0, sizeof peers);
  faults_skip_sleep = true;
  news = shared_bytes_new ((uint8_t *) expected[READER]
                           + expected_size[READER] - NEWS_BYTES,
                           NEWS_BYTES);
  told |= news == NULL;
  bool opened = open_server (&address);
  if (opened)
    {
      look_up_and_set_timer ();
      open_clients (&address);
      run_day ();
    }
  close_the_day ();
  faults_skip_sleep = false;
  return opened;
}

/* What the fault that happened has cost.  */
static void
see_what_is_lost (const struct fault *fault, enum fault_duration duration)
{
  int clients = count_lost_clients (), own = !caller_heard;

  if (duration == FOR_EVER)
    return;
  if (too_many_lost (clients, fault, duration))
    fail_msg ("%s: %d clients lost", trial, clients);
  if (own > fault->own || (duration == ONCE && clients + own > 1))
    fail_msg ("%s: our own connection lost", trial);
}

/* Live through a day with a fault, and see what it cost.  Return whether it
   happened at all.  */
static bool
live_with (const struct fault *fault, int error,
           enum fault_duration duration, unsigned nth)
{
  int blocks = faults_blocks (), descriptors = count_descriptors ();

  name_trial (fault, error, duration, nth);
  faults_begin (fault->call, error, duration, nth);
  bool opened = live ();
  bool happened = faults_end ();

  EXPECT (opened || told);
  EXPECT (faults_blocks () == blocks);
  EXPECT (count_descriptors () == descriptors);
  EXPECT (reactor_ready_count (&reactor) == 0);
  EXPECT (reactor.unflushed == NULL);
  for (int i = 0; i < PEERS; i++)
    EXPECT (!peers[i].wrong);
  if (opened)
    see_what_is_lost (fault, duration);
  return happened;
}

static void
without_a_fault_everyone_is_served (void **state)
{
  static const struct fault none = { CALLS, { 0 }, 0, 0 };

  assert_false (live_with (&none, 0, ONCE, 0));
  assert_false (told);
  (void) state;
}

static void
what_fails_for_a_moment_costs_nothing (void **state)
{
  static const enum fault_duration durations[] = { ONCE, BURST };

  sweep (live_with, passing, LENGTH (passing), durations, LENGTH (durations));
  (void) state;
}

static void
what_fails_for_good_costs_its_connection (void **state)
{
  static const enum fault_duration durations[] = { ONCE, A_WHILE, FOR_EVER };

  sweep (live_with, lasting, LENGTH (lasting), durations, LENGTH (durations));
  (void) state;
}

/* --- Before the day ------------------------------------------------------ */

static void
close_handle (uv_handle_t *handle, void *data)
{
  (void) data;
  uv_close (handle, NULL);
}

/* No program ever does.  */
static void
free_reactor (struct reactor *other)
{
  uv_walk (&other->loop, close_handle, NULL);
  uv_run (&other->loop, UV_RUN_DEFAULT);
  assert_int_equal (uv_loop_close (&other->loop), 0);
  uv_mutex_destroy (&other->orphans_lock);
  free (other->scratch);
}

static void
a_reactor_begins_or_leaves_nothing (void **state)
{
  static const struct { enum fault_call call; int error; bool needed; }
  begin_faults[] =
  {
    { MALLOC, ENOMEM, true }, { UV_CALLOC, ENOMEM, true },
    { EPOLL_CREATE, EMFILE, true }, { EVENTFD, EMFILE, true },
    { PIPE, EMFILE, true }, { SOCKET, EMFILE, false },
    { FCNTL, EMFILE, false }, { EPOLL_ADD, ENOMEM, false }
  };
  static struct reactor other;

  for (size_t i = 0; i < LENGTH (begin_faults); i++)
    {
      int blocks = faults_blocks (), descriptors = count_descriptors ();

      snprintf (trial, sizeof trial, "%s fails at the beginning",
                fault_call_names[begin_faults[i].call]);
      faults_begin (begin_faults[i].call, begin_faults[i].error, FOR_EVER,
                    1);
      int status = reactor_init (&other);
      EXPECT (faults_end ());
      EXPECT (status == (begin_faults[i].needed
                         ? -begin_faults[i].error : 0));
      if (status == 0)
        free_reactor (&other);
      else if (other.loop.backend_fd > 0)
        close (other.loop.backend_fd);  /* libuv 1.44 doesn't, then */
      EXPECT (faults_blocks () == blocks);
      EXPECT (count_descriptors () == descriptors);
    }
  (void) state;
}

static void
the_table_of_descriptors_is_large_from_the_start (void **state)
{
  struct rlimit limit;
  rlim_t wanted = IM_TABLE_DESCRIPTORS;

  assert_int_equal (getrlimit (RLIMIT_NOFILE, &limit), 0);
  if (wanted > limit.rlim_cur)
    wanted = limit.rlim_cur;
  assert_true (reactor.loop.nwatchers >= wanted);
  (void) state;
}

static void
see_interface (const char *name, const char *address, bool internal,
               void *count)
{
  assert_non_null (name);
  assert_true (address[0] != '\0');
  (void) internal;
  ++*(int *) count;
}

static void
interfaces_are_listed_or_the_reason_told (void **state)
{
  static const enum fault_call calls[] = { GETIFADDRS, UV_CALLOC };
  int count = 0, blocks = faults_blocks ();

  for (size_t i = 0; i < LENGTH (calls); i++)
    {
      faults_begin (calls[i], ENOMEM, ONCE, 1);
      assert_int_equal (address_each_interface (see_interface, &count),
                        -ENOMEM);
      assert_true (faults_end ());
      assert_int_equal (count, 0);
    }
  assert_int_equal (address_each_interface (see_interface, &count), 0);
  assert_true (count > 0);
  assert_int_equal (faults_blocks (), blocks);
  (void) state;
}

static void
half_a_line_is_never_queued (void **state)
{
  static uint8_t text[1000];
  struct slice fields[XML_FIELDS];
  unsigned nth = 1;
  int status;

  memset (text, 'x', sizeof text);
  for (int i = 0; i < XML_FIELDS; i++)
    fields[i] = (struct slice) { text, sizeof text };
  do
    {
      struct buffer out = { 0 };

      assert_int_equal (buffer_append (&out, "before", 6), 0);
      faults_begin (REALLOC, ENOMEM, ONCE, nth++);
      status = xml_append (&out, fields);
      if (faults_end ())
        {
          assert_int_equal (status, -ENOMEM);
          assert_int_equal (buffer_size (&out), 6);
        }
      buffer_free (&out);
    }
  while (status != 0);
  assert_true (nth > 3);
  (void) state;
}

static int
prepare (void **state)
{
  size_t greeting = strlen (GREETING);

  faults_init ();
  for (int i = 0; i < PEERS; i++)
    {
      expected_size[i] = greeting
        + (i == READER ? LONG_BYTES + 5 + NEWS_BYTES : strlen (speech[i]));
      expected[i] = malloc (expected_size[i]);
      assert_non_null (expected[i]);
      memcpy (expected[i], GREETING, greeting);
      if (i != READER)
        memcpy (expected[i] + greeting, speech[i], strlen (speech[i]));
    }
  for (int i = 0; i < LONG_BYTES; i++)
    expected[READER][greeting + i] = 'a' + i % 26;
  char *news_text = expected[READER] + greeting + LONG_BYTES;
  memcpy (news_text, "(new ", 5);
  memset (news_text + 5, 's', NEWS_BYTES - 1);
  news_text[5 + NEWS_BYTES - 1] = ')';
  return start_reactor (state);
}

static int
clean_up (void **state)
{
  (void) state;
  for (int i = 0; i < PEERS; i++)
    free (expected[i]);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    CORE_TEST (a_reactor_begins_or_leaves_nothing),
    CORE_TEST (the_table_of_descriptors_is_large_from_the_start),
    CORE_TEST (interfaces_are_listed_or_the_reason_told),
    CORE_TEST (half_a_line_is_never_queued),
    CORE_TEST (without_a_fault_everyone_is_served),
    CORE_TEST (what_fails_for_a_moment_costs_nothing),
    CORE_TEST (what_fails_for_good_costs_its_connection)
  };

  return cmocka_run_group_tests (tests, prepare, clean_up);
}
