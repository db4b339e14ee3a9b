/* target-dialect.c -- a request survives its notation, however it is cut

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   An input is what a peer sends, in pieces; the first byte says in which
   notation.  If that is FF, the rest is a request of ours instead, to be
   written as a message in XML.  */

#include "target.h"

#include "builder.h"
#include "dialect.h"
#include "../../src/limits.h"
#include "pieces.h"
#include "random-datum.h"
#include "reference.h"
#include "xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "dialect";

enum { NO_LIMIT = 1 << 20 };

/* --- What a stream receives -------------------------------------------- */

/* Append to INPUT, in a block that ends behind the last byte.  */
static void
receive (struct buffer *input, const uint8_t *bytes, size_t size)
{
  size_t queued = buffer_size (input);
  struct block *block;

  if (size == 0)
    return;
  block = malloc (sizeof *block + queued + size);
  holds (block != NULL, "there is memory");
  block->start = 0;
  block->end = block->capacity = queued + size;
  if (queued > 0)
    memcpy (block->bytes, buffer_bytes (input), queued);
  memcpy (block->bytes + queued, bytes, size);
  buffer_free (input);
  input->block = block;
}

/* Put what can be taken of STREAM before *SEEN.  Return false after what
   closes a connection.  */
static bool
take_requests (struct stream *stream, SCM *seen)
{
  for (;;)
    {
      SCM request = SCM_UNDEFINED;
      const char *failure = dialect_read (stream, &request);

      if (failure == NULL)
        {
          holds (scm_ilength (request) >= 4, "a request is a list");
          *seen = scm_cons (request, *seen);
          continue;
        }
      if (strcmp (failure, "nothing") == 0
          || strcmp (failure, "incomplete") == 0)
        return true;
      *seen = scm_cons (scm_from_utf8_symbol (failure), *seen);
      return false;
    }
}

/* Return all that comes out, the last first, when the peer sends the
   bytes in COUNT pieces that end at CUTS.  */
static SCM
listen_to (const struct pieces *pieces, const size_t *cuts, size_t count)
{
  struct stream stream = { .fd = -1, .request_limit = pieces->limit };
  SCM seen = SCM_EOL;
  bool goes_on = true;
  size_t from = 0;

  for (size_t i = 0; i < count && goes_on; from = cuts[i++])
    {
      receive (&stream.input, pieces->bytes + from, cuts[i] - from);
      goes_on = take_requests (&stream, &seen);
    }
  if (goes_on)
    {
      stream.eof = true;
      holds (!take_requests (&stream, &seen), "a stream's end is told");
    }
  buffer_free (&stream.input);
  return seen;
}

/* The same comes out of the pieces, or of single bytes if they are few,
   as of the WHOLE.  */
static void
check_cuts (const struct pieces *pieces, SCM whole)
{
  enum { FEW = 128 };
  size_t cuts[FEW];

  if (pieces->cut_count > 1)
    holds (builder_equal (whole, listen_to (pieces, pieces->cuts,
                                            pieces->cut_count)),
           "cuts make no difference");
  for (size_t i = 0; i < pieces->size && i < FEW; i++)
    cuts[i] = i + 1;
  if (pieces->size <= FEW)
    holds (builder_equal (whole, listen_to (pieces, cuts, pieces->size)),
           "one byte at a time makes no difference");
}

/* --- Lines ------------------------------------------------------------- */

static const char *const names[XML_FIELDS] = {
  "command", "from", "to", "data"
};

static size_t
tag (char text[12], const char *slash, const char *name)
{
  return stpcpy (stpcpy (stpcpy (stpcpy (text, "<"), slash), name), ">")
         - text;
}

/* Where TEXT stands first in the bytes; SIZE if nowhere.  */
static size_t
find (struct slice in, const char *text, size_t text_size)
{
  for (size_t i = 0; i + text_size <= in.size; i++)
    if (memcmp (in.bytes + i, text, text_size) == 0)
      return i;
  return in.size;
}

static bool
is_utf8 (struct slice text)
{
  size_t length;

  for (; text.size > 0; text.bytes += length, text.size -= length)
    if ((length = reference_character (text.bytes, text.size, NULL)) == 0)
      return false;
  return true;
}

static bool
reference_parse (struct slice rest, struct slice fields[XML_FIELDS])
{
  char text[12];

  if (!is_utf8 (rest))
    return false;
  if (rest.size > 0 && rest.bytes[rest.size - 1] == '\r')
    rest.size--;
  for (int i = 0; i < XML_FIELDS; i++)
    {
      size_t size = tag (text, "", names[i]);
      if (rest.size < size || memcmp (rest.bytes, text, size) != 0)
        return false;
      rest.bytes += size;
      rest.size -= size;
      size = tag (text, "/", names[i]);
      size_t length = find (rest, text, size);
      if (length == rest.size)
        return false;
      fields[i] = (struct slice) { rest.bytes, length };
      rest.bytes += length + size;
      rest.size -= length + size;
    }
  return rest.size == 0;
}

static bool
same (struct slice a, struct slice b)
{
  return a.size == b.size
         && (a.size == 0 || memcmp (a.bytes, b.bytes, a.size) == 0);
}

/* Whether a line can carry the fields.  */
static bool
can_carry (const struct slice fields[XML_FIELDS])
{
  char text[12];

  for (int i = 0; i < XML_FIELDS; i++)
    {
      size_t size = tag (text, "/", names[i]);
      if (find (fields[i], text, size) < fields[i].size
          || find (fields[i], "\n", 1) < fields[i].size
          || find (fields[i], "\r", 1) < fields[i].size)
        return false;
    }
  return true;
}

/* What was parsed is the same after it was written.  */
static void
check_append (const struct slice fields[XML_FIELDS])
{
  struct buffer out = { 0 };
  struct slice again[XML_FIELDS];
  int status = xml_append (&out, fields);

  holds (status == (can_carry (fields) ? 0 : -EILSEQ),
         "what a line can't carry is refused, and nothing else");
  if (status < 0)
    holds (buffer_size (&out) == 0, "a refusal leaves nothing");
  else
    {
      size_t size = buffer_size (&out) - 1;

      holds (buffer_bytes (&out)[size] == '\n', "a line ends");
      holds (xml_parse (buffer_bytes (&out), size, again) == 0,
             "what is written can be parsed");
      for (int i = 0; i < XML_FIELDS; i++)
        holds (same (fields[i], again[i]), "a field is what it was");
    }
  buffer_free (&out);
}

static void
check_line (struct slice line)
{
  struct slice fields[XML_FIELDS], expected[XML_FIELDS];
  uint8_t *copy = malloc (line.size + 1);

  holds (copy != NULL, "there is memory");
  memcpy (copy + 1, line.bytes, line.size);
  line.bytes = copy + 1;
  bool is_message = reference_parse (line, expected);
  holds ((xml_parse (line.bytes, line.size, fields) == 0) == is_message,
         "the parser takes messages and nothing else");
  if (is_message)
    {
      for (int i = 0; i < XML_FIELDS; i++)
        holds (same (fields[i], expected[i]), "a field is the reference's");
      check_append (fields);
    }
  free (copy);
}

static void
check_lines (const uint8_t *bytes, size_t size)
{
  struct slice rest = { bytes, size };

  while (rest.size > 0)
    {
      size_t length = find (rest, "\n", 1);

      check_line ((struct slice) { rest.bytes, length });
      length += length < rest.size;
      rest.bytes += length;
      rest.size -= length;
    }
}

/* --- Requests ---------------------------------------------------------- */

/* Our answer about an unknown user: these programs get none.  */
static bool
is_never_sent (SCM request)
{
  return scm_is_eq (SCM_CAR (request), scm_from_utf8_symbol ("server"))
         && scm_is_eq (SCM_CADDR (request),
                       scm_from_utf8_symbol ("receive-msg"));
}

/* Write REQUEST as a message into OUT.  */
static enum datum_status
write_message (struct buffer *out, SCM request)
{
  struct stream stream = { .fd = -1, .xml_decided = true, .xml = true };
  enum datum_status status = dialect_write (&stream, out, request, NO_LIMIT);

  if (status != DATUM_OK || is_never_sent (request))
    holds (buffer_size (out) == 0, "nothing is written of it");
  else
    {
      struct slice text = { buffer_bytes (out), buffer_size (out) };
      holds (find (text, "\n", 1) == text.size - 1
             && find (text, "\r", 1) == text.size, "a message is one line");
    }
  return status;
}

/* Return the request that the line in OUT is; SCM_EOL if it is none.  */
static SCM
read_message (const struct buffer *out)
{
  struct stream stream = { .fd = -1, .request_limit = NO_LIMIT };
  SCM request = SCM_EOL;

  receive (&stream.input, buffer_bytes (out), buffer_size (out));
  if (dialect_read (&stream, &request) != NULL)
    request = SCM_EOL;
  buffer_free (&stream.input);
  return request;
}

/* What was read from a message is written and read again.  */
static void
check_round_trip (SCM request)
{
  struct buffer out = { 0 };

  if (write_message (&out, request) == DATUM_OK && buffer_size (&out) > 0)
    holds (builder_equal (read_message (&out), request),
           "a request that is written is read as the same");
  buffer_free (&out);
}

static SCM
text_of (SCM name)
{
  return scm_is_symbol (name) ? scm_symbol_to_string (name) : name;
}

static bool
same_text (SCM a, SCM b)
{
  return builder_equal (text_of (a), text_of (b));
}

/* One that the dialect knows, or any.  */
static SCM
take_action (struct bytes *bytes)
{
  static const char *const known[] = {
    "send-msg", "receive-msg", "client-list"
  };
  uint8_t which = take_byte (bytes) % 4;
  SCM action;

  if (which < 3)
    return scm_from_utf8_symbol (known[which]);
  action = take_name (bytes);
  return scm_is_symbol (action) ? action : scm_from_utf8_symbol ("hello");
}

/* Whether a list of names, separated by spaces, can have NAME.  */
static bool
is_word (SCM name)
{
  size_t size;

  if (!scm_is_symbol (name) && !scm_is_string (name))
    return false;
  char *text = scm_to_utf8_stringn (text_of (name), &size);
  bool word = size > 0 && memchr (text, ' ', size) == NULL;
  free (text);
  return word;
}

static void
check_names (SCM names, SCM read)
{
  for (SCM rest = names; scm_is_pair (rest); rest = SCM_CDR (rest))
    if (!is_word (SCM_CAR (rest)))
      return;
  for (; scm_is_pair (names); names = SCM_CDR (names))
    {
      holds (scm_is_pair (read) && same_text (SCM_CAR (names),
                                              SCM_CAR (read)),
             "a client list has the same names");
      read = SCM_CDR (read);
    }
  holds (scm_is_null (read), "and no others");
}

/* What a peer gets to see of any request of ours.  */
static void
check_ours (struct bytes bytes)
{
  struct buffer out = { 0 };
  bool printable;
  SCM source = take_name (&bytes), destination = take_name (&bytes);
  SCM action = take_action (&bytes);
  SCM data = take_datum (&bytes, &printable);
  SCM request = scm_list_4 (source, destination, action, data);
  enum datum_status status = write_message (&out, request);
  if (status == DATUM_OK && buffer_size (&out) > 0
      && scm_c_symbol_length (action) > 0)
    {
      SCM read = read_message (&out);

      holds (!scm_is_null (read), "what is written can be read");
      holds (same_text (SCM_CAR (read), source)
             && same_text (SCM_CADR (read), destination)
             && scm_is_eq (SCM_CADDR (read), action),
             "names and action are the same");
      if (scm_is_string (data)
          && scm_is_eq (action, scm_from_utf8_symbol ("send-msg")))
        holds (builder_equal (SCM_CADDDR (read), data),
               "a message says the same");
      if (scm_is_eq (action, scm_from_utf8_symbol ("client-list")))
        check_names (data, SCM_CADDDR (read));
    }
  buffer_free (&out);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static struct pieces pieces;

  if (size > 0 && data[0] == 0xff)
    check_ours ((struct bytes) { data + 1, data + size });
  else
    {
      read_pieces (&pieces, data, size);
      SCM whole = listen_to (&pieces, &pieces.size, 1);
      check_cuts (&pieces, whole);
      if (pieces.size > 0 && pieces.bytes[0] == '<')
        {
          check_lines (pieces.bytes, pieces.size);
          for (; scm_is_pair (whole); whole = SCM_CDR (whole))
            if (scm_is_pair (SCM_CAR (whole)))
              check_round_trip (SCM_CAR (whole));
        }
    }
  builder_forget ();
  return 0;
}
