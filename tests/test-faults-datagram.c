/* test-faults-datagram.c -- a call that fails costs one conversation at most

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   As in test-faults.c a day is lived through again and again.  On this one
   four sockets exchange datagrams, each with a peer of its own: two answer,
   one hears a group, one speaks to it.  And two streams do what those of
   the other day don't: one finishes its output and reads the answer, one
   is sent more than its rate.

   Nothing leaves the computer, whatever fails: who sends is bound to
   loopback, and may not cross a single network.  */

#include "faults-sweep.h"

#include "datagram.h"
#include "listener.h"

#include <net/if.h>

/* --- What can fail, and what that may cost ------------------------------ */

/* Failures that come and go: at once, and 20 times in a row.  */
static const struct fault passing[] =
{
  { CLOSE, { EINTR, EIO }, 0, 0 },
  { EPOLL_WAIT, { EINTR }, 0, 0 },
  { FCNTL, { EPERM }, 0, 0 },
  { NONBLOCK, { EINTR }, 0, 0 },
  { POLL, { EINTR, ENOMEM }, 0, 0 },
  { RECV, { EINTR, EAGAIN, SHORT }, 0, 0 },
  { RECVMSG, { EINTR, EAGAIN }, 0, 0 },
  { SEND, { EINTR, EAGAIN, SHORT }, 0, 0 },
  { SENDTO, { EINTR, EAGAIN }, 0, 0 }
};

/* Failures that may last: once, for half a second, and for ever.  */
static const struct fault lasting[] =
{
  { BIND, { EADDRINUSE, EACCES, ENOMEM }, 1, 0 },
  { EPOLL_ADD, { ENOMEM, ENOSPC }, 1, 0 },
  { GETSOCKNAME, { ENOBUFS }, 1, 0 },
  { NONBLOCK, { EINVAL }, 1, 0 },
  { RECV, { ECONNRESET, ENOMEM }, 1, 0 },
  { RECVMSG, { ECONNREFUSED, ENOBUFS, ENOMEM }, 1, 0 },
  { SEND, { EPIPE, ENOBUFS }, 1, 0 },
  { SENDTO, { EACCES, ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, ENETUNREACH,
              ENOBUFS, ENOMEM, EPERM }, 1, 0 },
  { SETSOCKOPT, { EADDRINUSE, ENOBUFS, ENODEV, ENOMEM }, 1, 0 },
  { SHUTDOWN, { ENOBUFS, ENOTCONN }, 1, 0 },
  { SOCKET, { EACCES, EAFNOSUPPORT, EMFILE, ENFILE, ENOBUFS }, 1, 0 },
  { CALLOC, { ENOMEM }, 1, 0 },
  { REALLOC, { ENOMEM }, 1, 0 },
  { MEMORY, { ENOMEM }, 1, 0 }
};

/* --- Conversations ------------------------------------------------------- */

enum
{
  FOUR, SIX,                    /* answer each datagram with itself */
  MEMBER, CRIER,                /* hears a group, speaks to one */
  DATAGRAMS,
  ASKER = DATAGRAMS,            /* a stream that finishes its output */
  FLOODED,                      /* one with a rate */
  CONVERSATIONS
};

#define GROUP "239.255.60.17"

/* Of the datagrams on their way one after another.  */
static const size_t sizes[] = { 1, 0, 508, 1472, 9000 };

/* What FLOODED is sent, and gives back.  */
static const char flood[] = "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)";

static struct conversation
{
  struct descriptor *socket;    /* ours, or NULL */
  struct stream *stream;
  struct sockaddr_storage address;      /* where the other side sends to */
  int peer;
  struct sockaddr_storage peer_address;
  size_t sent;                  /* datagrams that the peer or CRIER sent */
  size_t done;                  /* and that have been answered or heard */
  bool owed;                    /* an answer that had no room yet */
  size_t heard;                 /* bytes that a stream's peer received */
  size_t taken;                 /* and its owner */
  bool paused;                  /* FLOODED has been */
  bool told;                    /* its owner, that something failed */
  bool wrong;                   /* something else came than was sent */
  bool over;                    /* all has been said and heard */
} conversations[CONVERSATIONS];

static bool has_six;            /* this computer has the address ::1 */
static unsigned loopback_interface;
static uint8_t pattern[16 * 1024];

/* Number NUMBER's bytes: each begins elsewhere in the pattern.  */
static const uint8_t *
bytes_of (size_t number)
{
  return pattern + number * 251;
}

static bool
is_number (size_t number, const uint8_t *bytes, size_t size)
{
  return number < LENGTH (sizes) && size == sizes[number]
         && memcmp (bytes, bytes_of (number), size) == 0;
}

/* --- Datagrams: the peers ------------------------------------------------ */

static const char *
loopback_of (int which)
{
  return which == SIX ? "::1" : "127.0.0.1";
}

static struct sockaddr_storage
address_of (const char *text, int port)
{
  struct sockaddr_storage address;

  EXPECT (address_parse (text, port, &address) == 0);
  return address;
}

static void
read_address (int fd, struct sockaddr_storage *address)
{
  socklen_t length = sizeof *address;

  EXPECT (getsockname (fd, (struct sockaddr *) address, &length) == 0);
}

/* A peer, bound to loopback.  CRIER's hears the group and never sends.  */
static void
open_peer (int which)
{
  struct conversation *this = &conversations[which];
  struct ip_mreqn there = { .imr_ifindex = loopback_interface };
  int none = 0;

  this->peer_address = address_of (which == CRIER ? GROUP
                                   : loopback_of (which), 0);
  this->peer = socket (this->peer_address.ss_family,
                       SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  EXPECT (this->peer >= 0);
  EXPECT (bind (this->peer, (struct sockaddr *) &this->peer_address,
                address_length (&this->peer_address)) == 0);
  read_address (this->peer, &this->peer_address);
  if (which == MEMBER)
    {
      EXPECT (setsockopt (this->peer, IPPROTO_IP, IP_MULTICAST_IF, &there,
                          sizeof there) == 0);
      EXPECT (setsockopt (this->peer, IPPROTO_IP, IP_MULTICAST_TTL, &none,
                          sizeof none) == 0);
    }
  if (which == CRIER)
    {
      inet_pton (AF_INET, GROUP, &there.imr_multiaddr);
      EXPECT (setsockopt (this->peer, IPPROTO_IP, IP_ADD_MEMBERSHIP, &there,
                          sizeof there) == 0);
    }
}

/* The next one, when the last has been answered or heard.  */
static void
peer_sends (struct conversation *this)
{
  if (this->sent > this->done || this->sent == LENGTH (sizes))
    return;
  EXPECT (sendto (this->peer, bytes_of (this->sent), sizes[this->sent], 0,
                  (struct sockaddr *) &this->address,
                  address_length (&this->address))
          == (ssize_t) sizes[this->sent]);
  this->sent++;
}

static void
peer_receives (struct conversation *this)
{
  static uint8_t bytes[sizeof pattern];
  ssize_t count;

  while ((count = recv (this->peer, bytes, sizeof bytes, 0)) >= 0)
    {
      this->wrong |= !is_number (this->done, bytes, count);
      this->done++;
    }
}

/* What the peers of datagram sockets do in each turn.  */
static void
datagram_peer_acts (int which)
{
  struct conversation *this = &conversations[which];

  if (this->socket == NULL)
    return;
  if (which != MEMBER)
    peer_receives (this);
  if (which != CRIER)
    peer_sends (this);
  this->over = this->done == LENGTH (sizes);
}

/* --- Datagrams: our side ------------------------------------------------- */

/* The owner is told, and gives up.  */
static void
give_up (struct conversation *this)
{
  this->told = true;
  close_source (&this->socket);
  close_source (&this->stream);
}

static void
watch_socket (struct conversation *this, int interest)
{
  source_set_interest (&reactor, &this->socket->source, interest);
}

static void
open_socket (int which)
{
  struct conversation *this = &conversations[which];
  struct datagram_options options
    = { .share = which == MEMBER, .loop = true, .ttl = 0,
        .interface = loopback_interface };
  struct sockaddr_storage
    group = address_of (GROUP, 0),
    address = which == MEMBER ? group : address_of (loopback_of (which), 0);

  if (datagram_open (&reactor, &address, &options, &this->socket) < 0
      || listener_address (this->socket, &this->address) < 0
      || (which == MEMBER
          && datagram_set_member (this->socket, &group, loopback_interface,
                                  true) < 0))
    {
      give_up (this);
      return;
    }
  watch_socket (this, which == CRIER ? INTEREST_WRITE : INTEREST_READ);
}

/* Whether what THIS sends stays here, whatever could not be set.  */
static bool
stays_here (const struct conversation *this)
{
  struct sockaddr_storage address;
  char text[ADDRESS_TEXT_BYTES];
  bool six = this == &conversations[SIX];
  int networks = -1;
  socklen_t length = sizeof networks;

  read_address (this->socket->fd, &address);
  address_format ((struct sockaddr *) &address, text);
  EXPECT (getsockopt (this->socket->fd, six ? IPPROTO_IPV6 : IPPROTO_IP,
                      six ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL,
                      &networks, &length) == 0);
  return networks == 0
         && strcmp (text, loopback_of (this - conversations)) == 0;
}

/* Send number NUMBER to the peer.  Return whether it is on its way.  */
static bool
send_number (struct conversation *this, size_t number)
{
  PEER_DOES (EXPECT (stays_here (this)));
  int status = datagram_send (this->socket, bytes_of (number),
                              sizes[number], &this->peer_address);

  if (status < 0 && status != -EAGAIN)
    give_up (this);
  return status == 0;
}

static void
answer (struct conversation *this)
{
  this->owed = !send_number (this, this->sent - 1);
  if (this->socket != NULL)
    watch_socket (this, this->owed ? INTEREST_WRITE : INTEREST_READ);
}

static void
receive (struct conversation *this)
{
  struct datagram datagram;
  int status = datagram_receive (this->socket, IM_DATAGRAM_BYTES, &datagram);

  if (status == -EAGAIN)
    return;
  if (status < 0)
    {
      give_up (this);
      return;
    }
  this->wrong |= datagram.truncated
                 || !is_number (this->done, datagram.bytes, datagram.size);
  if (this == &conversations[MEMBER])
    this->done++;
  else
    answer (this);
}

/* The next one when the last was heard; who has nothing to send doesn't
   watch for room.  */
static void
cry (struct conversation *this)
{
  if (this->sent == this->done && this->sent < LENGTH (sizes)
      && send_number (this, this->sent))
    this->sent++;
  if (this->socket != NULL && this->sent > this->done)
    watch_socket (this, 0);
}

static void
serve_socket (struct conversation *this)
{
  if (this == &conversations[CRIER])
    cry (this);
  else if (this->owed)
    answer (this);
  else
    receive (this);
  if (this->socket != NULL)
    source_settle (&this->socket->source);
}

/* --- Streams ------------------------------------------------------------- */

/* Queue BYTES.  Who couldn't has lost the stream.  */
static void
say (struct stream *stream, const void *bytes, size_t size)
{
  if (buffer_append (&stream->output, bytes, size) < 0)
    stream_fail (stream, -ENOMEM);
  stream_wrote (stream);
}

static void
open_stream (int which)
{
  struct conversation *this = &conversations[which];
  struct sockaddr_storage address;
  int listener, fd;

  PEER_DOES (listener = bound_socket (SOCK_STREAM, &address);
             EXPECT (listen (listener, 1) == 0);
             this->peer = peer_connect (&address);
             fd = accept (listener, NULL, NULL);
             EXPECT (fd >= 0);
             close (listener));
  if (stream_new (&reactor, fd, &this->stream) < 0)
    {
      give_up (this);
      return;
    }
  watch (this->stream, INTEREST_READ);
  if (which == FLOODED)
    stream_set_rate (this->stream, 50, 3);
  else
    {
      say (this->stream, "(question)", strlen ("(question)"));
      stream_finish_output (this->stream);
    }
}

/* Send TEXT, which is small enough to be taken at once.  */
static void
peer_says (struct conversation *this, const char *text)
{
  send (this->peer, text, strlen (text), MSG_NOSIGNAL);
}

/* Return what recv does; the bytes are to be those of TEXT, in order.  */
static ssize_t
peer_hears (struct conversation *this, const char *text)
{
  char bytes[100];
  ssize_t count = recv (this->peer, bytes, sizeof bytes, 0);

  if (count > 0)
    {
      this->wrong |= this->heard + count > strlen (text)
                     || memcmp (bytes, text + this->heard, count) != 0;
      this->heard += count;
    }
  return count;
}

/* The question and its end come; then the answer goes, and its end.  */
static void
answerer_acts (struct conversation *this)
{
  if (peer_hears (this, "(question)") == 0
      && this->heard == strlen ("(question)"))
    {
      peer_says (this, "(answer)");
      shutdown (this->peer, SHUT_WR);
    }
}

/* All at once; and the end not before all came back, for it lifts the
   rate.  */
static void
flooder_acts (struct conversation *this)
{
  if (this->sent == 0)
    peer_says (this, flood);
  this->sent = 1;
  peer_hears (this, flood);
  if (this->heard == strlen (flood))
    shutdown (this->peer, SHUT_WR);
}

static void
take_request (struct conversation *this, const uint8_t *bytes, size_t size)
{
  const char *expected = "(answer)";

  if (this == &conversations[FLOODED])
    {
      expected = flood + this->taken;
      say (this->stream, bytes, size);
    }
  this->wrong |= size > strlen (expected)
                 || memcmp (bytes, expected, size) != 0;
  this->taken += size;
}

static void
serve_stream (struct conversation *this)
{
  struct stream *stream = this->stream;
  const char *all = this == &conversations[FLOODED] ? flood : "(answer)";
  const uint8_t *bytes;
  size_t size;

  while (stream_next_frame (stream, &bytes, &size) == FRAME_COMPLETE)
    {
      take_request (this, bytes, size);
      stream_consume_frame (stream);
      this->paused |= stream_paused (stream);
    }
  if (stream->error != 0)
    give_up (this);
  else if (stream->eof)
    {
      this->over = this->taken == strlen (all);
      close_source (&this->stream);
    }
  else
    source_settle (&stream->source);
}

/* --- The day ------------------------------------------------------------- */

enum
{
  DAY_MS = 4000,                /* of the clock that skips its sleeps */
  MOST_TURNS = 1500             /* in a day: a reactor that spins has more */
};

/* Whatever is ready, once.  */
static void
dispatch (void)
{
  for (int count = reactor_ready_count (&reactor); count > 0; count--)
    {
      struct source *source = reactor_next (&reactor);

      for (int i = 0; source != NULL && i < CONVERSATIONS; i++)
        {
          struct conversation *this = &conversations[i];

          if (this->socket != NULL && source == &this->socket->source)
            serve_socket (this);
          else if (this->stream != NULL && source == &this->stream->source)
            serve_stream (this);
        }
    }
}

static void
peers_act (void)
{
  struct conversation *crier = &conversations[CRIER];

  for (int i = 0; i < DATAGRAMS; i++)
    PEER_DOES (datagram_peer_acts (i));
  if (crier->socket != NULL && !crier->over && crier->sent == crier->done)
    watch_socket (crier, INTEREST_WRITE);
  PEER_DOES (answerer_acts (&conversations[ASKER]));
  PEER_DOES (flooder_acts (&conversations[FLOODED]));
}

static bool
all_is_said (void)
{
  for (int i = 0; i < CONVERSATIONS; i++)
    if (!conversations[i].over && !conversations[i].told)
      return false;
  return true;
}

static void
open_all (void)
{
  memset (conversations, 0, sizeof conversations);
  for (int i = 0; i < DATAGRAMS; i++)
    {
      PEER_DOES (open_peer (i));
      if (i == SIX && !has_six)
        conversations[i].over = true;
      else
        open_socket (i);
    }
  open_stream (ASKER);
  open_stream (FLOODED);
}

/* Who leaves the group may be told that it couldn't; closing does it.  */
static void
close_all (void)
{
  struct conversation *member = &conversations[MEMBER];
  struct sockaddr_storage group = address_of (GROUP, 0);

  if (member->socket != NULL)
    datagram_set_member (member->socket, &group, loopback_interface, false);
  for (int i = 0; i < CONVERSATIONS; i++)
    {
      close_source (&conversations[i].socket);
      close_source (&conversations[i].stream);
      PEER_DOES (close (conversations[i].peer));
    }
  while (reactor.lingering != NULL || count_handles () > handles_before)
    {
      EXPECT (faults_turns () < 2 * MOST_TURNS);
      reactor_run (&reactor, 100);
    }
}

static void
live (void)
{
  faults_skip_sleep = true;
  open_all ();
  uint64_t end_ms = now_ms () + DAY_MS;

  while (!all_is_said () && now_ms () < end_ms)
    {
      EXPECT (faults_turns () < MOST_TURNS);
      peers_act ();
      reactor_flush (&reactor);
      reactor_run (&reactor, 10);
      dispatch ();
    }
  close_all ();
  faults_skip_sleep = false;
}

/* Each conversation was right as far as it went, and who lost it knows
   why.  Only a half-close that fails isn't told: the peer waits on.  */
static int
count_lost (const struct fault *fault)
{
  int lost = 0;

  for (int i = 0; i < CONVERSATIONS; i++)
    {
      EXPECT (!conversations[i].wrong);
      if (conversations[i].over)
        continue;
      EXPECT (conversations[i].told
              || (fault->call == SHUTDOWN && i == ASKER));
      lost++;
    }
  return lost;
}

static bool
live_with (const struct fault *fault, int error,
           enum fault_duration duration, unsigned nth)
{
  int blocks = faults_blocks (), descriptors = count_descriptors ();

  name_trial (fault, error, duration, nth);
  faults_begin (fault->call, error, duration, nth);
  live ();
  bool happened = faults_end ();

  EXPECT (faults_blocks () == blocks);
  EXPECT (count_descriptors () == descriptors);
  EXPECT (reactor_ready_count (&reactor) == 0);
  EXPECT (reactor.unflushed == NULL);
  EXPECT (reactor.paused == NULL);
  if (too_many_lost (count_lost (fault), fault, duration))
    fail_msg ("%s: %d conversations lost", trial, count_lost (fault));
  return happened;
}

static void
without_a_fault_all_is_said (void **state)
{
  static const struct fault none = { CALLS, { 0 }, 0, 0 };

  assert_false (live_with (&none, 0, ONCE, 0));
  for (int i = 0; i < CONVERSATIONS; i++)
    {
      assert_true (conversations[i].over);
      assert_false (conversations[i].told);
    }
  assert_true (conversations[FLOODED].paused);
  (void) state;
}

static void
what_fails_for_a_moment_costs_nothing (void **state)
{
  static const enum fault_duration durations[] = { ONCE, BURST };

  sweep (live_with, passing, LENGTH (passing), durations,
         LENGTH (durations));
  (void) state;
}

static void
what_fails_for_good_costs_its_conversation (void **state)
{
  static const enum fault_duration durations[] = { ONCE, A_WHILE, FOR_EVER };

  sweep (live_with, lasting, LENGTH (lasting), durations,
         LENGTH (durations));
  (void) state;
}

static int
prepare (void **state)
{
  struct sockaddr_storage six;
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  faults_init ();
  address_parse ("::1", 0, &six);
  has_six = fd >= 0 && bind (fd, (struct sockaddr *) &six,
                             address_length (&six)) == 0;
  close (fd);
  loopback_interface = if_nametoindex ("lo");
  assert_true (loopback_interface > 0);
  for (size_t i = 0; i < sizeof pattern; i++)
    pattern[i] = i * 7 + i / 251;
  return start_reactor (state);
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    CORE_TEST (without_a_fault_all_is_said),
    CORE_TEST (what_fails_for_a_moment_costs_nothing),
    CORE_TEST (what_fails_for_good_costs_its_conversation)
  };

  return cmocka_run_group_tests (tests, prepare, NULL);
}
