/* history.c -- what came into a server and out of it

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Here it is written down, and what is wrong at once is reported.  What only
   the whole can tell is in history-verdict.c.  */

#include "history-record.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEMS_SHOWN 20

struct history *
history_new (FILE *report)
{
  struct history *history = must_allocate (NULL, sizeof *history);

  *history = (struct history) { .report = report };
  history->pairs = calloc (NAMES, sizeof *history->pairs);
  if (history->pairs == NULL)
    abort ();
  return history;
}

void
history_free (struct history *history)
{
  for (int from = 0; from < history->name_count; from++)
    for (int to = 0; to < history->name_count; to++)
      {
        struct pair *pair = &history->pairs[from][to];

        for (size_t i = 0; i < pair->count; i++)
          free (pair->messages[i].text);
        free (pair->messages);
      }
  for (int i = 0; i < history->connection_count; i++)
    {
      bytes_free (&history->connections[i].in);
      bytes_free (&history->connections[i].out);
    }
  free (history->connections);
  free (history->pairs);
  free (history->notices);
  free (history);
}

void
history_problem (struct history *history, const char *template, ...)
{
  va_list arguments;

  history->problems++;
  if (history->report == NULL || history->problems > PROBLEMS_SHOWN)
    return;
  fputs ("PROBLEM: ", history->report);
  va_start (arguments, template);
  vfprintf (history->report, template, arguments);
  va_end (arguments);
  putc ('\n', history->report);
}

/* --- Names and connections ---------------------------------------------- */

static int
name_index (struct history *history, const char *name, size_t size)
{
  if (size >= NAME_SIZE)
    size = NAME_SIZE - 1;
  for (int i = 0; i < history->name_count; i++)
    if (strlen (history->names[i]) == size
        && memcmp (history->names[i], name, size) == 0)
      return i;
  if (history->name_count == NAMES)
    {
      history_problem (history, "too many names");
      return 0;
    }
  memcpy (history->names[history->name_count], name, size);
  return history->name_count++;
}

static const char *
name_text (const struct history *history, int name)
{
  return name == NOBODY ? "nobody" : history->names[name];
}

static struct connection *
connection_at (struct history *history, int number)
{
  if (number >= history->connection_count)
    {
      history->connections
        = must_allocate (history->connections,
                         (number + 1) * sizeof *history->connections);
      for (int i = history->connection_count; i <= number; i++)
        history->connections[i] = (struct connection) { .name = NOBODY };
      history->connection_count = number + 1;
    }
  return &history->connections[number];
}

/* --- One request -------------------------------------------------------- */

struct word
{
  const char *start;
  size_t size;
};

/* (SRC DST ACTION DATA), as it was written.  */
struct request
{
  struct word source, target, action, data;
};

static bool
take_word (const char **at, const char *end, struct word *word)
{
  while (*at < end && **at == ' ')
    ++*at;
  word->start = *at;
  while (*at < end && **at != ' ' && **at != '(' && **at != ')')
    ++*at;
  word->size = *at - word->start;
  return word->size > 0;
}

static bool
parse (const char *text, size_t size, struct request *request)
{
  const char *at = text, *end = text + size;

  while (at < end && (*at == ' ' || *at == '\n'))
    at++;
  if (at == end || *at++ != '(' || end[-1] != ')'
      || !take_word (&at, end, &request->source)
      || !take_word (&at, end, &request->target)
      || !take_word (&at, end, &request->action)
      || at == end || *at != ' ')
    return false;
  request->data.start = at + 1;
  request->data.size = end - 1 - request->data.start;
  return true;
}

static bool
is (struct word word, const char *text)
{
  return word.size == strlen (text)
    && memcmp (word.start, text, word.size) == 0;
}

static bool
same (struct word word, const struct message *message)
{
  return word.size == message->size
    && memcmp (word.start, message->text, word.size) == 0;
}

/* The number that the string DATA begins with, or 0.  */
static long
number_of (struct word data)
{
  long number = 0;

  if (data.size < 3 || data.start[0] != '"')
    return 0;
  for (size_t i = 1; i < data.size && i < 12; i++)
    {
      if (data.start[i] < '0' || data.start[i] > '9')
        break;
      number = 10 * number + (data.start[i] - '0');
    }
  return number;
}

/* --- What comes in ------------------------------------------------------ */

static void
message_came_in (struct history *history, int number,
                 const struct request *request)
{
  struct connection *connection = &history->connections[number];
  int to = name_index (history, request->target.start, request->target.size);
  struct pair *pair = &history->pairs[connection->name][to];
  struct message message = { .number = number_of (request->data),
    .size = request->data.size, .sender = number,
    .stretch = connection->said, .place = ++connection->sent,
    .receiver = NOBODY };

  if (pair->count > 0
      && message.number <= pair->messages[pair->count - 1].number)
    history_problem (history, "connection %d: the client %s went back to %ld",
                     number, name_text (history, connection->name),
                     message.number);
  message.text = must_allocate (NULL, message.size);
  memcpy (message.text, request->data.start, message.size);
  if (to == connection->name)
    connection->said++;
  if (pair->count == pair->room)
    {
      pair->room = 2 * pair->room + 64;
      pair->messages = must_allocate (pair->messages,
                                      pair->room * sizeof *pair->messages);
    }
  pair->messages[pair->count++] = message;
}

static void
request_came_in (struct history *history, int number,
                 const struct request *request)
{
  struct connection *connection = &history->connections[number];

  if (is (request->action, "hello") && connection->name == NOBODY)
    connection->name = name_index (history, request->source.start,
                                   request->source.size);
  else if (is (request->action, "thanks") && connection->welcome)
    connection->turn = ++history->turns;
  else if (is (request->action, "send-msg") && connection->turn > 0)
    message_came_in (history, number, request);
  else if (is (request->action, "logout") && connection->turn > 0)
    connection->leaving = true;
  else
    history_problem (history, "connection %d: the client said %.*s too early",
                     number, (int) request->action.size,
                     request->action.start);
}

/* --- What comes out ----------------------------------------------------- */

static int
compare_number (const void *a, const void *b)
{
  long one = *(const long *) a, other = ((const struct message *) b)->number;

  return (one > other) - (one < other);
}

static void
note_obeyed (struct connection *sender, long place)
{
  if (place > sender->obeyed)
    sender->obeyed = place;
}

static void
message_came_out (struct history *history, int number,
                  const struct request *request)
{
  struct connection *connection = &history->connections[number];
  int from = name_index (history, request->source.start,
                         request->source.size);
  struct pair *pair = &history->pairs[from][connection->name];
  long which = number_of (request->data);
  struct message *message
    = pair->count == 0 ? NULL
    : bsearch (&which, pair->messages, pair->count, sizeof *pair->messages,
               compare_number);
  const char *wrong = message == NULL ? "invented"
    : connection->turn == 0 ? "too early"
    : !same (request->data, message) ? "changed"
    : message->receiver != NOBODY ? "doubled"
    : which < pair->last_out ? "out of order"
    : NULL;

  if (wrong != NULL)
    history_problem (history, "connection %d: message %ld from %s to %s: %s",
                     number, which, name_text (history, from),
                     name_text (history, connection->name), wrong);
  if (message == NULL || message->receiver != NOBODY)
    return;
  message->receiver = number;
  if (which > pair->last_out)
    pair->last_out = which;
  history->delivered++;
  note_obeyed (&history->connections[message->sender], message->place);
  if (message->sender == number)
    connection->heard++;
}

/* If TEXT is `"' PREFIX name `"', return the name.  */
static struct word
after (struct word text, const char *prefix)
{
  size_t size = strlen (prefix);

  if (text.size > size + 2 && text.start[0] == '"'
      && memcmp (text.start + 1, prefix, size) == 0)
    return (struct word) { text.start + 1 + size, text.size - size - 2 };
  return (struct word) { text.start, 0 };
}

static void
notice_came_out (struct history *history, int number,
                 const struct request *request)
{
  struct word to = after (request->data, "User not found: ");
  const struct connection *connection = &history->connections[number];

  if (to.size == 0)
    to = after (request->data, "Not delivered to ");
  if (to.size == 0)
    {
      history_problem (history, "connection %d: the server said %.*s", number,
                       (int) request->data.size, request->data.start);
      return;
    }
  if (history->notice_count == history->notice_room)
    {
      history->notice_room = 2 * history->notice_room + 64;
      history->notices
        = must_allocate (history->notices,
                         history->notice_room * sizeof *history->notices);
    }
  history->notices[history->notice_count++] = (struct notice)
    { number, connection->heard, name_index (history, to.start, to.size) };
}

static void
request_came_out (struct history *history, int number,
                  const struct request *request)
{
  struct connection *connection = &history->connections[number];
  bool from_server = is (request->source, "server");

  if (connection->name == NOBODY
      || !is (request->target, name_text (history, connection->name)))
    history_problem (history, "connection %d of %s: bytes for the wrong "
                     "client, %.*s", number,
                     name_text (history, connection->name),
                     (int) request->target.size, request->target.start);
  else if (is (request->action, "receive-msg") && !from_server)
    message_came_out (history, number, request);
  else if (is (request->action, "receive-msg"))
    notice_came_out (history, number, request);
  else if (from_server && is (request->action, "welcome"))
    connection->welcome = true;
  else if (from_server && is (request->action, "sorry"))
    connection->leaving = true;
  else if (!from_server || !(is (request->action, "client-list")
                             || (is (request->action, "goodbye")
                                 && (connection->leaving
                                     || connection->finished))))
    history_problem (history, "connection %d: the server said %.*s", number,
                     (int) request->action.size, request->action.start);
}

/* --- Events ------------------------------------------------------------- */

static void
each_request (struct history *history, int number, bool in,
              void (*each) (struct history *, int, const struct request *))
{
  struct connection *connection = &history->connections[number];
  struct bytes *bytes = in ? &connection->in : &connection->out;
  struct request request;
  size_t size, done = 0;

  while ((size = request_size (bytes->data + done, bytes->size - done)) > 0)
    {
      if (parse (bytes->data + done, size, &request))
        each (history, number, &request);
      else
        history_problem (history, "connection %d: no request %s it: %.*s",
                         number, in ? "came into" : "came out of",
                         size > 60 ? 60 : (int) size, bytes->data + done);
      done += size;
    }
  bytes_take (bytes, done);
}

/* The server's side is closed: the whole of what it said is there.  */
static void
came_to_its_end (struct history *history, int number)
{
  struct connection *connection = &history->connections[number];

  if (connection->out.size > 0)
    history_problem (history, "connection %d: half a request came out of it",
                     number);
  if (!connection->finished && !connection->leaving)
    history_problem (history, "connection %d of %s: the server hung up",
                     number, name_text (history, connection->name));
}

void
history_event (struct history *history, enum event event, int number,
               const char *bytes, size_t size)
{
  struct connection *connection = connection_at (history, number);
  bool opening = event == EVENT_OPEN;

  if (opening == connection->opened || connection->ended)
    history_problem (history, "connection %d: an event when it was %s", number,
                     connection->ended ? "over"
                     : opening ? "open" : "not open");
  connection->opened = true;
  switch (event)
    {
    case EVENT_OPEN:
      break;
    case EVENT_IN:
      bytes_add (&connection->in, bytes, size);
      each_request (history, number, true, request_came_in);
      break;
    case EVENT_OUT:
      bytes_add (&connection->out, bytes, size);
      each_request (history, number, false, request_came_out);
      break;
    case EVENT_FINISH:
      connection->finished = true;
      break;
    case EVENT_END:
      came_to_its_end (history, number);
      connection->ended = true;
      break;
    case EVENT_BROKEN:
      history_problem (history, "connection %d of %s: the server broke it",
                       number, name_text (history, connection->name));
      connection->reset = connection->ended = true;
      break;
    case EVENT_RESET:
      connection->reset = connection->ended = true;
      break;
    default:
      history_problem (history, "there is no event %c", event);
    }
}
