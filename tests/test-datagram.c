/* test-datagram.c -- a datagram arrives whole, or cut and said to be, or not

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Nothing here leaves the loopback interface: each group is joined there,
   and each sender of multicasts is bound to it.  */

#define _GNU_SOURCE             /* struct in_pktinfo */

#include "core-helpers.h"

#include <net/if.h>

#include "datagram.h"

#define GROUP "239.255.60.15"
#define OTHER_GROUP "239.255.60.16"

static const struct datagram_options plain = { .loop = true, .ttl = 1 };

static unsigned
loopback_interface (void)
{
  unsigned index = if_nametoindex ("lo");

  assert_true (index > 0);
  return index;
}

static struct sockaddr_storage
address_of (const char *text, int port)
{
  struct sockaddr_storage address;

  assert_int_equal (address_parse (text, port, &address), 0);
  return address;
}

static struct sockaddr_storage
own_address (const struct descriptor *socket)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;

  assert_int_equal (getsockname (socket->fd, (struct sockaddr *) &address,
                                 &length), 0);
  return address;
}

static int
port_of (const struct descriptor *socket)
{
  struct sockaddr_storage address = own_address (socket);

  return address_port ((struct sockaddr *) &address);
}

static struct descriptor *
open_at (const char *text, int port, struct datagram_options options)
{
  struct sockaddr_storage address = address_of (text, port);
  struct descriptor *socket;

  assert_int_equal (datagram_open (&reactor, &address, &options, &socket),
                    0);
  return socket;
}

static void
close_socket (struct descriptor *socket)
{
  source_close (&reactor, &socket->source);
}

static void
send_to (struct descriptor *from, const char *host, int port,
         const char *text)
{
  struct sockaddr_storage address = address_of (host, port);

  assert_int_equal (datagram_send (from, (const uint8_t *) text,
                                   strlen (text), &address), 0);
}

static void
assert_receives (struct descriptor *socket, const char *text)
{
  struct datagram datagram;

  wait_for (socket->fd, POLLIN);
  assert_int_equal (datagram_receive (socket, IM_DATAGRAM_BYTES, &datagram),
                    0);
  assert_int_equal (datagram.size, strlen (text));
  assert_memory_equal (datagram.bytes, text, datagram.size);
  assert_false (datagram.truncated);
}

static void
assert_nothing_waits (struct descriptor *socket)
{
  struct datagram datagram;

  assert_int_equal (datagram_receive (socket, IM_DATAGRAM_BYTES, &datagram),
                    -EAGAIN);
}

static const char *const loopbacks[] = { "127.0.0.1", "::1" };

/* Whether this system has that one.  */
static bool
has_loopback (const char *text)
{
  struct sockaddr_storage address = address_of (text, 0);
  struct descriptor *socket;

  if (datagram_open (&reactor, &address, &plain, &socket) < 0)
    return false;
  close_socket (socket);
  return true;
}

/* --- Sizes ------------------------------------------------------------- */

static uint8_t bytes[70000];

static void
fill_bytes (void)
{
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = i * 7 + i / 251;
}

static void
a_datagram_arrives_whole_with_its_sender (void **state)
{
  static const size_t sizes[] = { 0, 1, 508, 1472, 1473, 9000, 65506,
                                  IM_DATAGRAM_BYTES };

  fill_bytes ();
  for (size_t family = 0; family < 2; family++)
    {
      if (!has_loopback (loopbacks[family]))
        continue;
      struct descriptor *one = open_at (loopbacks[family], 0, plain);
      struct descriptor *other = open_at (loopbacks[family], 0, plain);
      struct sockaddr_storage to = own_address (other), from;

      for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        {
          struct datagram datagram;
          char text[ADDRESS_TEXT_BYTES];

          assert_int_equal (datagram_send (one, bytes, sizes[i], &to), 0);
          wait_for (other->fd, POLLIN);
          assert_int_equal (datagram_receive (other, IM_DATAGRAM_BYTES,
                                              &datagram), 0);
          assert_int_equal (datagram.size, sizes[i]);
          assert_memory_equal (datagram.bytes, bytes, sizes[i]);
          assert_false (datagram.truncated);
          from = datagram.sender;
          address_format ((struct sockaddr *) &from, text);
          assert_string_equal (text, loopbacks[family]);
          assert_int_equal (address_port ((struct sockaddr *) &from),
                            port_of (one));
        }
      close_socket (one);
      close_socket (other);
    }
  (void) state;
}

static void
what_has_no_room_is_cut_and_said_to_be (void **state)
{
  static const struct { size_t sent, room; bool truncated; } rows[] =
  {
    { 10, 10, false }, { 10, 11, false }, { 11, 10, true }, { 1, 0, true },
    { 0, 0, false }, { 65507, 65506, true }, { 65507, 65507, false },
    { 65507, 1000000, false }
  };
  struct descriptor *one = open_at ("127.0.0.1", 0, plain);
  struct descriptor *other = open_at ("127.0.0.1", 0, plain);
  struct sockaddr_storage to = own_address (other);

  fill_bytes ();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    {
      struct datagram datagram;

      assert_int_equal (datagram_send (one, bytes, rows[i].sent, &to), 0);
      send_to (one, "127.0.0.1", port_of (other), "next");
      wait_for (other->fd, POLLIN);
      assert_int_equal (datagram_receive (other, rows[i].room, &datagram),
                        0);
      assert_int_equal (datagram.truncated, rows[i].truncated);
      assert_int_equal (datagram.size, rows[i].sent < rows[i].room
                                       ? rows[i].sent : rows[i].room);
      assert_memory_equal (datagram.bytes, bytes, datagram.size);
      assert_receives (other, "next");
    }
  close_socket (one);
  close_socket (other);
  (void) state;
}

/* IPv6 has room for 20 bytes more than IPv4, and than we take.  */
static void
a_longer_datagram_of_a_foreign_peer_is_cut (void **state)
{
  struct datagram datagram;

  if (!has_loopback ("::1"))
    skip ();
  struct descriptor *receiver = open_at ("::1", 0, plain);
  struct sockaddr_storage to = own_address (receiver);
  int peer = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  fill_bytes ();
  assert_int_equal (sendto (peer, bytes, IM_DATAGRAM_BYTES + 20, 0,
                            (struct sockaddr *) &to, address_length (&to)),
                    IM_DATAGRAM_BYTES + 20);
  wait_for (receiver->fd, POLLIN);
  assert_int_equal (datagram_receive (receiver, SIZE_MAX, &datagram), 0);
  assert_int_equal (datagram.size, IM_DATAGRAM_BYTES);
  assert_true (datagram.truncated);
  close (peer);
  close_socket (receiver);
  (void) state;
}

static void
one_that_is_too_long_to_send_is_refused (void **state)
{
  struct descriptor *socket = open_at ("127.0.0.1", 0, plain);
  struct sockaddr_storage to = own_address (socket);

  assert_int_equal (datagram_send (socket, bytes, IM_DATAGRAM_BYTES + 1,
                                   &to), -EMSGSIZE);
  assert_nothing_waits (socket);
  close_socket (socket);
  (void) state;
}

static void
datagrams_keep_their_bounds_and_order (void **state)
{
  struct descriptor *one = open_at ("127.0.0.1", 0, plain);
  struct descriptor *other = open_at ("127.0.0.1", 0, plain);
  char text[20];

  for (int i = 0; i < 20; i++)
    {
      snprintf (text, sizeof text, "number %d", i);
      send_to (one, "127.0.0.1", port_of (other), text);
    }
  for (int i = 0; i < 20; i++)
    {
      snprintf (text, sizeof text, "number %d", i);
      assert_receives (other, text);
    }
  assert_nothing_waits (other);
  close_socket (one);
  close_socket (other);
  (void) state;
}

/* --- Readiness --------------------------------------------------------- */

static void
a_socket_is_ready_while_a_datagram_waits (void **state)
{
  struct descriptor *one = open_at ("127.0.0.1", 0, plain);
  struct descriptor *other = open_at ("127.0.0.1", 0, plain);

  source_set_interest (&reactor, &other->source, INTEREST_READ);
  RUN_UNTIL (reactor_sleeps ());
  assert_false (is_ready (&other->source));
  send_to (one, "127.0.0.1", port_of (other), "");
  send_to (one, "127.0.0.1", port_of (other), "second");
  RUN_UNTIL (is_ready (&other->source));
  assert_receives (other, "");
  source_settle (&other->source);
  assert_true (is_ready (&other->source));
  assert_receives (other, "second");
  source_settle (&other->source);
  assert_false (is_ready (&other->source));
  source_set_interest (&reactor, &other->source, INTEREST_WRITE);
  assert_true (is_ready (&other->source));
  source_set_interest (&reactor, &other->source, 0);
  assert_false (is_ready (&other->source));
  close_socket (one);
  close_socket (other);
  (void) state;
}

/* On loopback a datagram is received as soon as it is sent: what has no
   room there is lost.  A local socket does hold its sender up.  */
static void
who_waits_for_room_is_told_when_there_is (void **state)
{
  struct descriptor *sender;
  int fds[2], count = 0;
  char byte;

  assert_int_equal (socketpair (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC
                                | SOCK_NONBLOCK, 0, fds), 0);
  assert_int_equal (descriptor_new (&reactor, fds[0], &sender), 0);
  while (send (fds[0], "x", 1, 0) == 1)
    count++;
  assert_int_equal (errno, EAGAIN);
  source_set_interest (&reactor, &sender->source, INTEREST_WRITE);
  assert_false (is_ready (&sender->source));
  for (int i = 0; i < 10; i++)
    step ();
  assert_false (is_ready (&sender->source));
  for (int i = 0; i < count; i++)
    assert_int_equal (recv (fds[1], &byte, 1, 0), 1);
  RUN_UNTIL (is_ready (&sender->source));
  assert_int_equal (send (fds[0], "x", 1, 0), 1);
  close (fds[1]);
  close_socket (sender);
  (void) state;
}

/* --- Ports ------------------------------------------------------------- */

static void
a_port_is_shared_only_on_request (void **state)
{
  struct datagram_options shared = { .share = true, .ttl = 1 };
  struct descriptor *one = open_at ("127.0.0.1", 0, plain), *second;
  struct sockaddr_storage address = own_address (one);

  assert_int_equal (datagram_open (&reactor, &address, &plain, &second),
                    -EADDRINUSE);
  assert_int_equal (datagram_open (&reactor, &address, &shared, &second),
                    -EADDRINUSE);
  close_socket (one);
  one = open_at ("127.0.0.1", 0, shared);
  second = open_at ("127.0.0.1", port_of (one), shared);
  close_socket (one);
  close_socket (second);
  (void) state;
}

static void
one_socket_speaks_one_version (void **state)
{
  if (!has_loopback ("::1"))
    skip ();
  struct descriptor *six = open_at ("::", 0, plain);
  struct descriptor *four = open_at ("0.0.0.0", port_of (six), plain);

  close_socket (six);
  close_socket (four);
  (void) state;
}

static void
no_socket_is_inherited_or_blocks (void **state)
{
  struct descriptor *socket = open_at ("127.0.0.1", 0, plain);

  assert_true (fcntl (socket->fd, F_GETFD) & FD_CLOEXEC);
  assert_true (fcntl (socket->fd, F_GETFL) & O_NONBLOCK);
  assert_nothing_waits (socket);
  close_socket (socket);
  (void) state;
}

static void
an_address_of_another_computer_is_refused (void **state)
{
  struct sockaddr_storage address = address_of ("192.0.2.1", 0);
  struct descriptor *socket;

  if (datagram_open (&reactor, &address, &plain, &socket) == 0)
    {
      close_socket (socket);    /* then it is this one's */
      skip ();
    }
  assert_int_equal (datagram_open (&reactor, &address, &plain, &socket),
                    -EADDRNOTAVAIL);
  (void) state;
}

static void
a_thousand_sockets_leave_nothing (void **state)
{
  for (int i = 0; i < 1000; i++)
    {
      struct descriptor *socket = open_at ("127.0.0.1", 0, plain);

      source_set_interest (&reactor, &socket->source, INTEREST_READ);
      if (i % 2 == 0)
        send_to (socket, "127.0.0.1", port_of (socket), "unread");
      if (i % 4 == 0)
        RUN_UNTIL (is_ready (&socket->source));
      close_socket (socket);
    }
  (void) state;
}

/* --- Many receivers ---------------------------------------------------- */

static void
a_broadcast_is_sent_only_on_request (void **state)
{
  struct datagram_options broadcasting = { .broadcast = true, .ttl = 1 };
  struct descriptor *receiver = open_at ("127.255.255.255", 0, plain);
  struct descriptor *quiet = open_at ("127.0.0.1", 0, plain);
  struct descriptor *loud = open_at ("127.0.0.1", 0, broadcasting);
  struct sockaddr_storage all = own_address (receiver);

  assert_int_equal (datagram_send (quiet, bytes, 1, &all), -EACCES);
  send_to (loud, "127.255.255.255", port_of (receiver), "to all");
  assert_receives (receiver, "to all");
  close_socket (receiver);
  close_socket (quiet);
  close_socket (loud);
  (void) state;
}

static struct descriptor *
multicaster (void)
{
  struct datagram_options options = plain;

  options.interface = loopback_interface ();
  return open_at ("127.0.0.1", 0, options);
}

static int
set_member (struct descriptor *socket, const char *text, bool member)
{
  struct sockaddr_storage group = address_of (text, 0);

  return datagram_set_member (socket, &group, loopback_interface (), member);
}

static void
a_group_is_heard_from_joining_to_leaving (void **state)
{
  struct descriptor *sender = multicaster ();
  struct descriptor *receiver = open_at ("0.0.0.0", 0, plain);
  int port = port_of (receiver);

  assert_int_equal (set_member (receiver, OTHER_GROUP, true), 0);
  send_to (sender, GROUP, port, "too early");
  send_to (sender, OTHER_GROUP, port, "one");
  assert_receives (receiver, "one");
  assert_int_equal (set_member (receiver, GROUP, true), 0);
  send_to (sender, GROUP, port, "two");
  assert_receives (receiver, "two");
  assert_int_equal (set_member (receiver, GROUP, false), 0);
  send_to (sender, GROUP, port, "too late");
  send_to (sender, OTHER_GROUP, port, "three");
  assert_receives (receiver, "three");
  assert_nothing_waits (receiver);
  close_socket (sender);
  close_socket (receiver);
  (void) state;
}

static void
all_members_hear_and_nobody_else (void **state)
{
  enum { MEMBERS = 3 };
  struct datagram_options shared = { .share = true, .ttl = 1 };
  struct descriptor *sender = multicaster ();
  struct descriptor *members[MEMBERS];
  struct descriptor *stranger = open_at ("0.0.0.0", 0, shared);
  int port = port_of (stranger);

  for (int i = 0; i < MEMBERS; i++)
    {
      members[i] = open_at ("0.0.0.0", port, shared);
      assert_int_equal (set_member (members[i], GROUP, true), 0);
    }
  send_to (sender, GROUP, port, "hello");
  for (int i = 0; i < MEMBERS; i++)
    {
      assert_receives (members[i], "hello");
      close_socket (members[i]);
    }
  assert_nothing_waits (stranger);
  close_socket (stranger);
  close_socket (sender);
  (void) state;
}

static void
what_cannot_be_joined_or_left_says_why (void **state)
{
  struct descriptor *socket = open_at ("127.0.0.1", 0, plain);

  assert_int_equal (set_member (socket, "127.0.0.1", true), -EINVAL);
  assert_int_equal (set_member (socket, GROUP, false), -EADDRNOTAVAIL);
  assert_int_equal (set_member (socket, GROUP, true), 0);
  assert_int_equal (set_member (socket, GROUP, true), -EADDRINUSE);
  close_socket (socket);
  (void) state;
}

static int
option_of (const struct descriptor *socket, int option)
{
  int value = -1;
  socklen_t length = sizeof value;

  assert_int_equal (getsockopt (socket->fd, IPPROTO_IP, option, &value,
                                &length), 0);
  return value;
}

/* Which interface a datagram came in on, and with which TTL.  */
static void
receive_with_path (int fd, int *interface, int *ttl)
{
  char byte, control[200];
  struct iovec piece = { .iov_base = &byte, .iov_len = 1 };
  struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control };

  *interface = *ttl = -1;
  wait_for (fd, POLLIN);
  assert_int_equal (recvmsg (fd, &message, 0), 1);
  for (struct cmsghdr *part = CMSG_FIRSTHDR (&message); part != NULL;
       part = CMSG_NXTHDR (&message, part))
    if (part->cmsg_type == IP_TTL)
      memcpy (ttl, CMSG_DATA (part), sizeof *ttl);
    else if (part->cmsg_type == IP_PKTINFO)
      {
        struct in_pktinfo info;

        memcpy (&info, CMSG_DATA (part), sizeof info);
        *interface = info.ipi_ifindex;
      }
}

static void
a_multicast_leaves_by_the_interface_it_is_told (void **state)
{
  static const int ttls[] = { 0, 1, 3, 255 };
  struct descriptor *receiver = open_at (GROUP, 0, plain);
  int on = 1, interface, ttl;

  assert_int_equal (set_member (receiver, GROUP, true), 0);
  assert_int_equal (setsockopt (receiver->fd, IPPROTO_IP, IP_PKTINFO, &on,
                                sizeof on), 0);
  assert_int_equal (setsockopt (receiver->fd, IPPROTO_IP, IP_RECVTTL, &on,
                                sizeof on), 0);
  for (size_t i = 0; i < sizeof ttls / sizeof ttls[0]; i++)
    {
      struct datagram_options options
        = { .ttl = ttls[i], .loop = i % 2 == 0,
            .interface = loopback_interface () };
      /* Not bound to the interface by its address.  */
      struct descriptor *sender = open_at ("0.0.0.0", 0, options);

      assert_int_equal (option_of (sender, IP_MULTICAST_TTL), ttls[i]);
      assert_int_equal (option_of (sender, IP_MULTICAST_LOOP), i % 2 == 0);
      send_to (sender, GROUP, port_of (receiver), "x");
      receive_with_path (receiver->fd, &interface, &ttl);
      assert_int_equal (interface, loopback_interface ());
      assert_int_equal (ttl, ttls[i]);
      close_socket (sender);
    }
  close_socket (receiver);
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    CORE_TEST (a_datagram_arrives_whole_with_its_sender),
    CORE_TEST (what_has_no_room_is_cut_and_said_to_be),
    CORE_TEST (a_longer_datagram_of_a_foreign_peer_is_cut),
    CORE_TEST (one_that_is_too_long_to_send_is_refused),
    CORE_TEST (datagrams_keep_their_bounds_and_order),
    CORE_TEST (a_socket_is_ready_while_a_datagram_waits),
    CORE_TEST (who_waits_for_room_is_told_when_there_is),
    CORE_TEST (a_port_is_shared_only_on_request),
    CORE_TEST (one_socket_speaks_one_version),
    CORE_TEST (no_socket_is_inherited_or_blocks),
    CORE_TEST (an_address_of_another_computer_is_refused),
    CORE_TEST (a_thousand_sockets_leave_nothing),
    CORE_TEST (a_broadcast_is_sent_only_on_request),
    CORE_TEST (a_group_is_heard_from_joining_to_leaving),
    CORE_TEST (all_members_hear_and_nobody_else),
    CORE_TEST (what_cannot_be_joined_or_left_says_why),
    CORE_TEST (a_multicast_leaves_by_the_interface_it_is_told)
  };

  return cmocka_run_group_tests (tests, start_reactor, NULL);
}
