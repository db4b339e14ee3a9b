/* scm-relay.c -- a message passed on as it came

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Nearly all that a server does is to take (alice bob send-msg "Hi") and
   to send bob (alice bob receive-msg "Hi").  To read that string into
   Scheme and to print it again costs more than all the rest.  Here bytes
   are copied, where the result is the same: for a string that is printed
   as it was written.  Whatever is a little unusual isn't found here, and
   goes the long way.  */

#include "scm-reactor.h"

#include "datum.h"
#include "dialect.h"
#include "limits.h"
#include "primitive.h"
#include "utf8.h"

#include <string.h>

struct span
{
  const uint8_t *bytes;
  size_t size;
};

/* The message that was found last.  It is gone when its stream reads.  */
static struct
{
  const struct stream *stream;
  SCM receiver;
  struct span receiver_print;
  struct span data;
} found;

/* Take the bare symbol at the front of *REST, with the space behind, into
   *NAME.  */
static bool
take_symbol (struct span *rest, struct span *name)
{
  const uint8_t *space = memchr (rest->bytes, ' ', rest->size);

  if (space == NULL)
    return false;
  *name = (struct span) { rest->bytes, space - rest->bytes };
  rest->bytes = space + 1;
  rest->size -= name->size + 1;
  return datum_symbol_is_bare (name->bytes, name->size);
}

static bool
take_literally (struct span *rest, const char *text)
{
  size_t size = strlen (text);

  if (rest->size < size || memcmp (rest->bytes, text, size) != 0)
    return false;
  rest->bytes += size;
  rest->size -= size;
  return true;
}

/* Whether TEXT is a string and the parenthesis behind it, and the string
   is printed just as it is written.  */
static bool
is_plain_string_at_end (struct span text)
{
  static const bool special[256]
    = { [0 ... ' ' - 1] = true, ['"'] = true, ['\\'] = true };
  bool any_special = false;
  uint8_t bits = 0;
  size_t end = text.size - 2;

  if (text.size < 3 || text.bytes[0] != '"' || text.bytes[end] != '"')
    return false;
  for (size_t i = 1; i < end; i++)
    {
      any_special |= special[text.bytes[i]];
      bits |= text.bytes[i];
    }
  return !any_special
         && (bits < 0x80 || utf8_valid (text.bytes + 1, end - 1));
}

/* Look for a message at the front of STREAM's input and keep in `found' what
   its receiver is called and its data.  */
static bool
find_message (struct stream *stream)
{
  struct span rest, sender;

  if (!stream->xml_decided || stream->xml || stream->lent
      || stream_next_frame (stream, &rest.bytes, &rest.size)
         != FRAME_COMPLETE)
    return false;
  if (!take_literally (&rest, "(") || !take_symbol (&rest, &sender)
      || !take_symbol (&rest, &found.receiver_print)
      || !take_literally (&rest, "send-msg ")
      || !is_plain_string_at_end (rest))
    return false;
  found.stream = stream;
  found.data = (struct span) { rest.bytes, rest.size - 1 };
  return true;
}

static SCM
scm_im_next_receiver (SCM port)
{
  struct stream *stream = stream_from_port (port, "get-request");

  found.stream = NULL;
  if (!find_message (stream)
      || datum_read_symbol (found.receiver_print.bytes,
                            found.receiver_print.size,
                            &found.receiver) != DATUM_OK)
    return SCM_BOOL_F;
  return found.receiver;
}

/* What SYMBOL is written as: for who was just found, as it came.  */
static struct span
print_of (SCM symbol)
{
  if (scm_is_eq (symbol, found.receiver))
    return found.receiver_print;
  const struct symbol_print *print = datum_print_symbol (symbol);

  return (struct span) { print->bytes, print->size };
}

static uint8_t *
put (uint8_t *to, struct span span)
{
  memcpy (to, span.bytes, span.size);
  return to + span.size;
}

/* Append (FROM TO receive-msg DATA) to OUT.  Return whether that fits.  */
static bool
append_message (struct buffer *out, struct span from, struct span to,
                struct span data)
{
  static const uint8_t words[] = " receive-msg ";
  static const struct span action = { words, sizeof words - 1 };
  size_t size = from.size + to.size + data.size + action.size + 3;
  uint8_t *room = size > limit_of (LIMIT_REQUEST_BYTES)
                  ? NULL : buffer_room (out, size);
  uint8_t *at = room;

  if (room == NULL)
    return false;
  *at++ = '(';
  at = put (at, from);
  *at++ = ' ';
  at = put (at, to);
  at = put (at, action);
  at = put (at, data);
  *at++ = ')';
  buffer_grew (out, at - room);
  return true;
}

static SCM
scm_im_pass_on_unread (SCM port, SCM from, SCM to, SCM receiver)
{
  struct stream *stream = stream_from_port (port, "get-request");
  struct stream *out = stream_from_port (receiver, "send-request");

  if (found.stream != stream || out->error != 0 || out->finished || out->xml
      || !scm_is_symbol (from) || !scm_is_symbol (to))
    return SCM_BOOL_F;
  if (!append_message (&out->output, print_of (from), print_of (to),
                       found.data)
      || stream_wrote (out) < 0)
    return SCM_BOOL_F;
  found.stream = NULL;
  stream_consume_frame (stream);
  return SCM_BOOL_T;
}

const struct primitive relay_primitives[] = {
  { "%next-receiver", 1, 0, scm_im_next_receiver,
    "Return who the next request from PORT is for, a symbol, if that is a\n"
    "message that can be passed on as it came; else #f." },
  { "%pass-on-unread", 4, 0, scm_im_pass_on_unread,
    "Take the message that %next-receiver has found on PORT, queue it for\n"
    "the port RECEIVER as (FROM TO receive-msg DATA), and return #t.  Return\n"
    "#f, and leave it, if that can't be done so." },
  { NULL, 0, 0, NULL, NULL }
};
