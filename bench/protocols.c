/* protocols.c -- how the load generator talks to each kind of server

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
begins (const char *bytes, size_t size, const char *with)
{
  size_t length = strlen (with);

  return size >= length && memcmp (bytes, with, length) == 0;
}

/* Print FORMAT, with the name of MEMBER, to TO, and return whether the SIZE
   bytes begin so.  */
static bool
begins_with_name (const char *bytes, size_t size, const char *format,
                  const struct member *member)
{
  char expected[128];

  snprintf (expected, sizeof expected, format, member->name);
  return begins (bytes, size, expected);
}

/* --- Instant Message -------------------------------------------------- */

static void
im_greet (struct member *member)
{
  member_say (member, "(%s server hello ())", member->name);
}

static size_t
im_request_size (const char *bytes, size_t size)
{
  int depth = 0;

  for (size_t i = 0; i < size; i++)
    switch (bytes[i])
      {
      case '(':
        depth++;
        break;
      case ')':
        if (--depth <= 0)
          return i + 1;
        break;
      case '"':
        for (i++; i < size && bytes[i] != '"'; i++)
          if (bytes[i] == '\\')
            i++;
        break;
      }
  return 0;
}

/* Check a list of names, `(u3 u2 u1))' from AT to END: each one that we have
   given, none twice, MEMBER's own among them.  Return how many, or -1.  */
static int
im_check_list (const struct member *member, const char *at, const char *end)
{
  static uint32_t *seen, list_number;   /* the last list that had a name */
  int count = 0;

  if (seen == NULL)
    seen = calloc (member_count (), sizeof *seen);
  list_number++;
  if (*at++ != '(')
    return -1;
  while (at < end && *at == 'u')
    {
      int index = 0;
      for (at++; *at >= '0' && *at <= '9'; at++)
        index = 10 * index + *at - '0';
      if (index >= member_count () || seen[index] == list_number)
        return -1;
      seen[index] = list_number;
      count++;
      if (*at == ' ')
        at++;
      else if (*at != ')')
        return -1;
    }
  return end - at == 2 && memcmp (at, "))", 2) == 0
         && seen[member->index] == list_number ? count : -1;
}

static size_t
im_take (struct member *member, const char *bytes, size_t size)
{
  size_t taken = im_request_size (bytes, size);

  if (taken == 0)
    return 0;
  if (begins_with_name (bytes, taken, "(server %s welcome ())", member))
    member_say (member, "(%s server thanks ())", member->name);
  else if (begins_with_name (bytes, taken, "(server %s client-list ", member))
    {
      const char *list = memchr (bytes + 9, '(', taken - 9);
      int names = list == NULL ? -1
        : im_check_list (member, list, bytes + taken);
      if (names < 0)
        fail (member, "a wrong client list", bytes, taken);
      member_listed (member, names);
    }
  else
    fail (member, "not expected", bytes, taken);
  return taken;
}

static int
im_print_request (char *to, const struct member *sender, const char *text)
{
  return sprintf (to, "(%s %s send-msg \"%s\")", sender->name,
                  sender->partner->name, text);
}

static int
im_print_delivery (char *to, const struct member *receiver, const char *text)
{
  return sprintf (to, "(%s %s receive-msg \"%s\")", receiver->partner->name,
                  receiver->name, text);
}

/* --- IRC -------------------------------------------------------------- */

static void
irc_greet (struct member *member)
{
  member_say (member, "NICK %s\r\nUSER %s 0 * :%s\r\n", member->name,
              member->name, member->name);
}

/* The first delivery shows what the server puts between sender and text.  */
static bool
irc_learn_delivery (struct member *member, const char *line, size_t size)
{
  const struct member *sender = member->partner;
  char rest[TEXT_MAXIMUM];
  size_t rest_size;

  if (sender == NULL || member->delivery.data != NULL)
    return false;
  rest_size = snprintf (rest, sizeof rest, " PRIVMSG %s :%0*llu",
                        member->name, DIGITS,
                        (unsigned long long) member->delivered);
  const char *found = memmem (line, size, rest, rest_size);
  const char *text = strchr (sender->request.data, ':') + 1;
  size_t text_size
    = sender->request.data + sender->request.size - (text + DIGITS);
  if (found == NULL || !begins_with_name (line, size, ":%s!", sender)
      || line + size - (found + rest_size) != (ptrdiff_t) text_size
      || memcmp (found + rest_size, text + DIGITS, text_size) != 0)
    return false;
  foresee_delivery (member, line, size, found + rest_size - DIGITS - line);
  return true;
}

static size_t
irc_take (struct member *member, const char *bytes, size_t size)
{
  const char *end = memchr (bytes, '\n', size);
  const char *command;

  if (end == NULL)
    return 0;
  size = end + 1 - bytes;
  if (begins (bytes, size, "PING "))
    member_say (member, "PONG %.*s", (int) size - 5, bytes + 5);
  else if (begins (bytes, size, "ERROR "))
    fail (member, "refused", bytes, size);
  else if (bytes[0] == ':' && (command = memchr (bytes, ' ', size)) != NULL)
    {
      command++;
      /* The end of the greeting, or that there is none.  */
      if (begins (command, end - command, "376 ")
          || begins (command, end - command, "422 "))
        member_joined (member);
      else if (begins (command, end - command, "PRIVMSG "))
        {
          if (irc_learn_delivery (member, bytes, size))
            member_delivered (member);
          else
            fail (member, "not expected", bytes, size);
        }
    }
  return size;
}

static int
irc_print_request (char *to, const struct member *sender, const char *text)
{
  return sprintf (to, "PRIVMSG %s :%s\r\n", sender->partner->name, text);
}

static int
irc_print_delivery (char *to, const struct member *receiver, const char *text)
{
  (void) to;
  (void) receiver;
  (void) text;
  return -1;
}

/* --- Redis, publish and subscribe ------------------------------------- */

/* Each has a channel of its own name.  Senders don't subscribe, for then they
   may not publish; they are told how many have got what they published.  */
static void
redis_greet (struct member *member)
{
  if (member->partner != NULL && member->index % 2 == 0)
    member_say (member, "PING\r\n");
  else
    member_say (member, "SUBSCRIBE %s\r\n", member->name);
}

/* The size of one answer: a line, or an array of simple things.  */
static size_t
redis_answer_size (const char *bytes, size_t size)
{
  const char *end = memchr (bytes, '\n', size);

  if (end == NULL)
    return 0;
  size_t taken = end + 1 - bytes;
  if (bytes[0] == '$')
    taken += atoi (bytes + 1) + 2;
  else if (bytes[0] == '*')
    for (int items = atoi (bytes + 1); items > 0; items--)
      {
        size_t item = taken < size
          ? redis_answer_size (bytes + taken, size - taken) : 0;
        if (item == 0)
          return 0;
        taken += item;
      }
  return taken <= size ? taken : 0;
}

static size_t
redis_take (struct member *member, const char *bytes, size_t size)
{
  size_t taken = redis_answer_size (bytes, size);

  if (taken == 0)
    return 0;
  if (begins (bytes, taken, "*3\r\n$9\r\nsubscribe\r\n")
      || begins (bytes, taken, "+PONG"))
    member_joined (member);
  else if (!begins (bytes, taken, ":1\r\n"))
    fail (member, "not expected", bytes, taken);
  return taken;
}

static int
redis_print_request (char *to, const struct member *sender, const char *text)
{
  return sprintf (to, "*3\r\n$7\r\nPUBLISH\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n",
                  strlen (sender->partner->name), sender->partner->name,
                  strlen (text), text);
}

static int
redis_print_delivery (char *to, const struct member *receiver,
                      const char *text)
{
  return sprintf (to, "*3\r\n$7\r\nmessage\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n",
                  strlen (receiver->name), receiver->name, strlen (text),
                  text);
}

static const struct protocol protocols[] = {
  { "im", true, im_greet, im_take, im_print_request, im_print_delivery },
  { "irc", false, irc_greet, irc_take, irc_print_request,
    irc_print_delivery },
  { "redis", false, redis_greet, redis_take, redis_print_request,
    redis_print_delivery },
};

const struct protocol *
protocol_named (const char *name)
{
  for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
    if (strcmp (protocols[i].name, name) == 0)
      return &protocols[i];
  return NULL;
}
