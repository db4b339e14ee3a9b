/* load.c -- a load generator that checks every delivery

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   One thread, epoll.  Members join, at most --joining of them at a time;
   then, by --mode:

   pairs     of each pair one sends and the other receives, with at most
             --window messages of a pair under way.  What
             comes before the server has warmed up isn't measured.  With
             --flood there is one member more, which never stops sending.
   arrivals  measured is the joining itself, until each member has a client
             list with all names
   idle      nothing is said: memory for each connection, and what the
             server does in --quiet seconds

   Each text begins with its number, so that sender, text and order of each
   delivery can be compared with what must come.  */

#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024, EVENTS = 1024, PATIENCE_S = 30,
       FIRST_MEMBERS = 16 };

static struct
{
  const struct protocol *protocol;
  const char *mode;
  int port, members, pairs, window, payload, joining;
  long messages;
  double quiet_s;
  bool json, flood;
  pid_t pid;
} option = { .mode = "pairs", .members = 1000, .pairs = 1, .window = 1,
             .payload = 32, .joining = 32, .messages = 10000, .quiet_s = 3 };

static struct member *members;
static struct member *flooder;  /* once it floods */
static int poller, connected, joined;
static struct bytes scratch;    /* requests of one turn */
static long to_send, delivered, failures;
static long lists;              /* client lists received */

struct result
{
  uint64_t wall_ns, cpu_ns, last_join_ns;
  struct memory before, after;
};

int
member_count (void)
{
  return option.members;
}

static void
die (const char *what)
{
  fprintf (stderr, "load: %s: %s\n", what, strerror (errno));
  exit (1);
}

/* The first failure ends it all: what follows it would prove nothing.  */
void
fail (const struct member *member, const char *what, const char *bytes,
      size_t size)
{
  failures++;
  fprintf (stderr, "load: %s, after %llu deliveries: %s: %.*s\n",
           member->name, (unsigned long long) member->delivered, what,
           (int) (size < 300 ? size : 300), bytes);
  exit (1);
}

static void
append (struct bytes *bytes, const char *data, size_t size)
{
  if (bytes->room - bytes->size < size)
    {
      bytes->room = bytes->size + size + bytes->size / 2;
      bytes->data = realloc (bytes->data, bytes->room);
      if (bytes->data == NULL)
        die ("realloc");
    }
  memcpy (bytes->data + bytes->size, data, size);
  bytes->size += size;
}

/* --- Numbered messages ------------------------------------------------ */

static void
number_message (struct numbered *message, const char *bytes, size_t size,
                size_t digits_at)
{
  message->data = malloc (size);
  if (message->data == NULL)
    die ("malloc");
  memcpy (message->data, bytes, size);
  message->size = size;
  message->digits_at = digits_at;
}

void
foresee_delivery (struct member *receiver, const char *bytes, size_t size,
                  size_t digits_at)
{
  number_message (&receiver->delivery, bytes, size, digits_at);
}

static void
next_number (struct numbered *message)
{
  char *digit = message->data + message->digits_at + DIGITS - 1;

  while (*digit == '9')
    *digit-- = '0';
  ++*digit;
}

/* Prepare what SENDER says first: its text has both names and the rest are
   letters that differ from pair to pair.  */
static void
prepare_pair (struct member *sender, struct member *receiver)
{
  char text[TEXT_MAXIMUM + 1], message[TEXT_MAXIMUM + 256];
  static const char zeros[] = "0000000000";

  int size = sprintf (text, "%s %s %s ", zeros, sender->name, receiver->name);
  for (; size < option.payload; size++)
    text[size] = 'a' + (size + sender->index) % 26;
  text[size] = '\0';
  sender->partner = receiver;
  receiver->partner = sender;
  sender->sent_at = calloc (option.window, sizeof *sender->sent_at);
  size = option.protocol->print_request (message, sender, text);
  number_message (&sender->request, message, size + 1,
                  strstr (message, zeros) - message);
  sender->request.size = size;          /* the end of string isn't sent */
  size = option.protocol->print_delivery (message, receiver, text);
  if (size > 0)
    foresee_delivery (receiver, message, size,
                      strstr (message, zeros) - message);
}

/* --- Sending ---------------------------------------------------------- */

static void
watch (struct member *member, int operation, bool output)
{
  struct epoll_event event = { .events = EPOLLIN | (output ? EPOLLOUT : 0),
                               .data.ptr = member };

  if (epoll_ctl (poller, operation, member->fd, &event) < 0)
    die ("epoll_ctl");
  member->wants_output = output;
}

static void
send_bytes (struct member *member, const char *bytes, size_t size)
{
  ssize_t sent = 0;

  if (member->output.size == 0)
    {
      sent = send (member->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN)
        fail (member, strerror (errno), "", 0);
      if (sent == (ssize_t) size)
        return;
      sent = sent < 0 ? 0 : sent;
    }
  append (&member->output, bytes + sent, size - sent);
  if (!member->wants_output)
    watch (member, EPOLL_CTL_MOD, true);
}

static void
send_rest (struct member *member)
{
  struct bytes rest = member->output;

  member->output = (struct bytes) { NULL, 0, 0 };
  watch (member, EPOLL_CTL_MOD, false);
  send_bytes (member, rest.data, rest.size);
  free (rest.data);
}

void
member_say (struct member *member, const char *format, ...)
{
  char text[512];
  va_list arguments;

  va_start (arguments, format);
  int size = vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  send_bytes (member, text, size);
}

/* Send as much as the window of SENDER allows, with one write.  */
static void
fill_window (struct member *sender)
{
  uint64_t now = now_ns ();

  scratch.size = 0;
  while (sender->in_flight < option.window && to_send > 0)
    {
      append (&scratch, sender->request.data, sender->request.size);
      next_number (&sender->request);
      sender->sent_at[sender->sent++ % option.window] = now;
      sender->in_flight++;
      to_send--;
    }
  if (scratch.size > 0)
    send_bytes (sender, scratch.data, scratch.size);
}

/* --- Receiving -------------------------------------------------------- */

static struct result result;
static uint64_t turn_ns;        /* when the bytes at hand were read */
static uint64_t started_ns;     /* when joining began */
static long unmeasured;

static void
start_measuring (void)
{
  result.cpu_ns = server_cpu_ns ();
  result.wall_ns = now_ns ();
}

static void
stop_measuring (void)
{
  result.cpu_ns = server_cpu_ns () - result.cpu_ns;
  result.wall_ns = now_ns () - result.wall_ns;
}

void
member_delivered (struct member *receiver)
{
  struct member *sender = receiver->partner;
  uint64_t sent_at = sender->sent_at[receiver->delivered % option.window];

  next_number (&receiver->delivery);
  receiver->delivered++;
  sender->in_flight--;
  delivered++;
  if (delivered > unmeasured)
    latency_note (turn_ns - sent_at);
  if (delivered == unmeasured)
    start_measuring ();
  else if (delivered == unmeasured + option.messages)
    stop_measuring ();
}

void
member_listed (struct member *member, int names)
{
  member->listed = names;
  lists++;
  member_joined (member);
}

void
member_joined (struct member *member)
{
  if (member->joined)
    return;
  member->joined = true;
  if (++joined == option.members)
    result.last_join_ns = now_ns () - started_ns;
}

static bool
is_next_delivery (const struct member *member, const char *bytes, size_t size)
{
  const struct numbered *delivery = &member->delivery;

  return delivery->data != NULL && member->partner->in_flight > 0
         && size >= delivery->size
         && memcmp (bytes, delivery->data, delivery->size) == 0;
}

/* Take the whole messages among SIZE bytes; return how many bytes.  */
static size_t
take_messages (struct member *member, const char *bytes, size_t size)
{
  size_t at = 0;

  while (at < size)
    {
      size_t taken;
      if (is_next_delivery (member, bytes + at, size - at))
        {
          taken = member->delivery.size;
          member_delivered (member);
        }
      else
        taken = option.protocol->take (member, bytes + at, size - at);
      if (taken == 0)
        break;
      at += taken;
    }
  return at;
}

static void
receive (struct member *member)
{
  static char bytes[READ_BYTES];
  struct bytes *kept = &member->input;
  uint64_t before = member->delivered;
  ssize_t size = recv (member->fd, bytes, sizeof bytes, MSG_DONTWAIT);

  if (size < 0 && errno == EAGAIN)
    return;
  if (size <= 0)
    fail (member, size == 0 ? "hung up" : strerror (errno), "", 0);
  turn_ns = now_ns ();
  if (kept->size == 0)
    {
      size_t taken = take_messages (member, bytes, size);
      append (kept, bytes + taken, size - taken);
    }
  else
    {
      append (kept, bytes, size);
      size_t taken = take_messages (member, kept->data, kept->size);
      kept->size -= taken;
      memmove (kept->data, kept->data + taken, kept->size);
    }
  if (member->delivered != before)
    fill_window (member->partner);
}

/* Handle what happens within MILLISECONDS, or at once what has.  */
static int
turn (int milliseconds)
{
  static struct epoll_event events[EVENTS];
  int count = epoll_wait (poller, events, EVENTS, milliseconds);

  for (int i = 0; i < count; i++)
    {
      struct member *member = events[i].data.ptr;

      if (member == flooder)
        {
          if (events[i].events & EPOLLOUT)
            flood_send (member);
          if (events[i].events & EPOLLIN)
            flood_receive (member);
          continue;
        }
      if (events[i].events & EPOLLOUT)
        send_rest (member);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        receive (member);
    }
  return count;
}

/* Wait until IS_DONE; a server that says nothing for long has failed.  */
static void
run_until (bool (*is_done) (void))
{
  while (!is_done ())
    if (turn (PATIENCE_S * 1000) == 0)
      {
        fprintf (stderr, "load: nothing came for %d s: %d of %d have joined, "
                 "%ld messages were delivered\n", PATIENCE_S, joined,
                 option.members, delivered);
        exit (1);
      }
}

static void
run_for (double seconds)
{
  uint64_t end = now_ns () + seconds * 1e9, now;

  while ((now = now_ns ()) < end)
    turn ((end - now) / 1000000 + 1);
}

/* --- Joining ---------------------------------------------------------- */

static void
connect_member (struct member *member)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (option.port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int on = 1;

  member->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (member->fd < 0
      || connect (member->fd, (struct sockaddr *) &address,
                  sizeof address) < 0)
    die ("connect");
  setsockopt (member->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watch (member, EPOLL_CTL_ADD, false);
  option.protocol->greet (member);
}

static bool
all_know_all (void)
{
  if (joined < connected)
    return false;
  if (option.protocol->lists_clients)
    for (int i = 0; i < connected; i++)
      if (members[i].listed != connected)
        return false;
  return true;
}

static int join_limit;

static bool
have_joined (void)
{
  while (connected < join_limit && connected - joined < option.joining)
    connect_member (&members[connected++]);
  return connected == join_limit && all_know_all ();
}

static void
join_until (int count)
{
  join_limit = count;
  run_until (have_joined);
}

static void
make_members (void)
{
  members = calloc (option.members, sizeof *members);
  if (members == NULL)
    die ("calloc");
  for (int i = 0; i < option.members; i++)
    {
      members[i].index = i;
      sprintf (members[i].name, "u%d", i);
    }
}

/* --- The three modes -------------------------------------------------- */

static bool
all_delivered (void)
{
  return delivered == unmeasured + option.messages;
}

static void
begin_flood (struct member *member)
{
  static const char text[] = "a message of which there are very many";

  member->partner = member;
  flood_prepare (member, option.protocol, text);
  watch (member, EPOLL_CTL_MOD, true);
  flooder = member;
}

static void
run_pairs (void)
{
  for (int i = 0; i < 2 * option.pairs; i += 2)
    prepare_pair (&members[i], &members[i + 1]);
  latency_room (option.messages);
  join_until (option.members);
  unmeasured = option.messages / 10 + option.pairs * option.window;
  to_send = unmeasured + option.messages;
  if (option.flood)
    begin_flood (&members[2 * option.pairs]);
  for (int i = 0; i < 2 * option.pairs; i += 2)
    fill_window (&members[i]);
  run_until (all_delivered);
}

static void
run_arrivals (void)
{
  start_measuring ();
  join_until (option.members);
  stop_measuring ();
}

static void
wait_until_quiet (void)
{
  uint64_t before;

  for (int tries = 0; tries < 20; tries++)
    {
      before = server_cpu_ns ();
      run_for (0.5);
      if (server_cpu_ns () - before < 2000000)
        return;
    }
}

static void
run_idle (void)
{
  int first = option.members < 2 * FIRST_MEMBERS ? 0 : FIRST_MEMBERS;

  join_until (first);
  wait_until_quiet ();
  result.before = server_memory ();
  join_until (option.members);
  wait_until_quiet ();
  result.after = server_memory ();
  start_measuring ();
  run_for (option.quiet_s);
  stop_measuring ();
  option.members -= first;      /* over so many memory has grown */
}

/* --- Options and report ----------------------------------------------- */

static void
usage (void)
{
  fputs ("Usage: load --port N --protocol im|irc|redis [--pid N] [--json]\n"
         "  [--mode pairs] [--pairs N] [--window N] [--messages N] "
         "[--payload BYTES] [--flood]\n"
         "  --mode arrivals [--members N] [--joining N]\n"
         "  --mode idle [--members N] [--joining N] [--quiet SECONDS]\n"
         "--pid is the server's; without it nothing is said about its CPU "
         "and memory.\n", stderr);
  exit (2);
}

static void
parse_options (int argc, char **argv)
{
  static const struct option known[] = {
    { "port", 1, NULL, 'p' }, { "protocol", 1, NULL, 'P' },
    { "pid", 1, NULL, 'i' }, { "json", 0, NULL, 'j' },
    { "mode", 1, NULL, 'm' }, { "pairs", 1, NULL, 'n' },
    { "window", 1, NULL, 'w' }, { "messages", 1, NULL, 'M' },
    { "payload", 1, NULL, 'b' }, { "members", 1, NULL, 'c' },
    { "joining", 1, NULL, 'k' }, { "quiet", 1, NULL, 'q' },
    { "flood", 0, NULL, 'f' }, { NULL, 0, NULL, 0 } };
  int letter;

  while ((letter = getopt_long (argc, argv, "", known, NULL)) != -1)
    switch (letter)
      {
      case 'p': option.port = atoi (optarg); break;
      case 'P': option.protocol = protocol_named (optarg); break;
      case 'i': option.pid = atoi (optarg); break;
      case 'j': option.json = true; break;
      case 'm': option.mode = optarg; break;
      case 'n': option.pairs = atoi (optarg); break;
      case 'w': option.window = atoi (optarg); break;
      case 'M': option.messages = atol (optarg); break;
      case 'b': option.payload = atoi (optarg); break;
      case 'c': option.members = atoi (optarg); break;
      case 'k': option.joining = atoi (optarg); break;
      case 'q': option.quiet_s = atof (optarg); break;
      case 'f': option.flood = true; break;
      default: usage ();
      }
  if (option.port == 0 || option.protocol == NULL || optind < argc
      || option.pairs < 1 || option.window < 1 || option.messages < 1
      || option.members < 1 || option.joining < 1)
    usage ();
  if (option.payload < TEXT_MINIMUM || option.payload > TEXT_MAXIMUM)
    {
      fprintf (stderr, "load: a payload has %d to %d bytes\n", TEXT_MINIMUM,
               TEXT_MAXIMUM);
      exit (2);
    }
}

/* One figure a line, or one JSON object.  */
static void
show (const char *name, const char *format, ...)
{
  static bool any;
  va_list arguments;

  printf (option.json ? "%s\"%s\": " : "%s%-22s ",
          option.json ? (any ? ", " : "{") : "", name);
  any = true;
  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  if (!option.json)
    putchar ('\n');
}

static double
per (double amount, double by)
{
  return by > 0 ? amount / by : 0;
}

static void
show_pairs (void)
{
  show ("pairs", "%d", option.pairs);
  show ("window", "%d", option.window);
  show ("payload_bytes", "%d", option.payload);
  show ("messages", "%ld", option.messages);
  show ("per_wall_s", "%.0f", per (option.messages, result.wall_ns / 1e9));
  show ("per_cpu_s", "%.0f", per (option.messages, result.cpu_ns / 1e9));
  show ("p50_us", "%.1f", latency_percentile_us (50));
  show ("p99_us", "%.1f", latency_percentile_us (99));
  if (option.flood)
    show ("flood_requests", "%.0f", flood_requests ());
}

static void
show_idle (void)
{
  show ("members", "%d", option.members);
  show ("bytes_per_member", "%.0f",
        (result.after.private_dirty - result.before.private_dirty) * 1024.0
        / option.members);
  show ("pss_per_member", "%.0f",
        (result.after.pss - result.before.pss) * 1024.0 / option.members);
  show ("first_kb", "%ld", result.before.private_dirty);
  show ("quiet_s", "%.1f", option.quiet_s);
}

static void
report (void)
{
  show ("mode", "\"%s\"", option.mode);
  show ("protocol", "\"%s\"", option.protocol->name);
  if (strcmp (option.mode, "pairs") == 0)
    show_pairs ();
  else if (strcmp (option.mode, "idle") == 0)
    show_idle ();
  else
    {
      show ("members", "%d", option.members);
      show ("joining", "%d", option.joining);
      show ("lists", "%ld", lists);
    }
  show ("last_join_s", "%.3f", result.last_join_ns / 1e9);
  show ("wall_s", "%.4f", result.wall_ns / 1e9);
  show ("server_cpu_s", "%.6f", result.cpu_ns / 1e9);
  show ("failures", "%ld", failures);
  if (option.json)
    puts ("}");
}

int
main (int argc, char **argv)
{
  struct rlimit files;

  parse_options (argc, argv);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  poller = epoll_create1 (0);
  if (option.pid != 0)
    measure_process (option.pid);
  if (strcmp (option.mode, "pairs") == 0)
    option.members = 2 * option.pairs + option.flood;
  make_members ();
  started_ns = now_ns ();
  if (strcmp (option.mode, "pairs") == 0)
    run_pairs ();
  else if (strcmp (option.mode, "arrivals") == 0)
    run_arrivals ();
  else if (strcmp (option.mode, "idle") == 0)
    run_idle ();
  else
    usage ();
  report ();
  return 0;
}
